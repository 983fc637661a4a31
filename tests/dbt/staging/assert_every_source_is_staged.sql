-- Fails for a raw table that a connector which is on declares and no model of its entry reads, because
-- its rejected rows would not be reported.
{% set staged = staged_entities() | map('join', '__') | list %}
{% set declared = graph.sources.values() if execute else [] %}

select cast(null as text) as forgotten_raw_table
where 1 = 0
{% for source in declared if source.source_name in connector_names() and source.schema == var('raw_schema') and source.identifier not in staged %}
union all
select '{{ source.identifier }}' as forgotten_raw_table
{% endfor %}
