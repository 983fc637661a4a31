{{ config(meta={'dagster': {'ref': {'name': 'stg_web__events'}}}) }}

-- Fails for a source of identity with a row whose _record_key is not its key, which is tested to be
-- unique: whoever reads changes by the one finds rows by the other.
{% for source in identity_sources() %}
select
    '{{ source.model }}' as model,
    _record_key
from {{ ref(source.model) }}
where {{ source.record_id }} is distinct from _record_key
{% if not loop.last %}
union all
{% endif %}
{% endfor %}
