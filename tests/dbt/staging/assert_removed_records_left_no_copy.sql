{{ config(meta={'dagster': {'ref': {'name': 'base_web__events'}}}) }}

-- Fails for a record with status removed that has any other row.
{% for channel, entity in staged_entities() + entities_in_place() %}
select
    '{{ channel }}__{{ entity }}' as raw_table,
    _record_key
from {{ ref('base_' ~ channel ~ '__' ~ entity) }}
where
    _record_key in (
        select removed._record_key
        from {{ ref('base_' ~ channel ~ '__' ~ entity) }} as removed
        where removed._row_status = 'removed'
    )
group by _record_key
having count(*) > 1
{% if not loop.last %}
union all
{% endif %}
{% endfor %}
