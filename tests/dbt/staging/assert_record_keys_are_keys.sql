{{ config(meta={'dagster': {'ref': {'name': 'stg_web__events'}}}) }}

-- Fails for an identity source whose _record_key differs from its tested key: readers of changes
-- get the former and look rows up by the latter.
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
