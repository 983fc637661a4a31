-- Fails for a raw table, or a table of another tool in the warehouse, that a connector which is on declares
-- and no model of its entry reads, because its rejected rows would not be reported.
{% set staged = staged_entities() | map('join', '__') | list %}
{% set tables = connector_models() | selectattr('table', 'defined') | map(attribute='table') | list %}
{% set tables_in_place = [] %}
{% for table in tables %}{% for name in names_in_place(table) %}{% do tables_in_place.append(table.source ~ '.' ~ name) %}{% endfor %}{% endfor %}
{% set declared = graph.sources.values() if execute else [] %}

select cast(null as text) as forgotten_raw_table
where 1 = 0
{% for source in declared if source.source_name in connector_names() and source.schema == var('raw_schema') and source.identifier not in staged %}
union all
select '{{ source.identifier }}' as forgotten_raw_table
{% endfor %}
{% set sources_in_place = tables | map(attribute='source') | list %}
{% for source in declared if source.source_name in sources_in_place and source.source_name ~ '.' ~ source.name not in tables_in_place %}
union all
select '{{ source.source_name }}.{{ source.name }}' as forgotten_raw_table
{% endfor %}
