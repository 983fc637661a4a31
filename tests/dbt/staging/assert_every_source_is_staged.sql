-- Fails for a raw table that is declared but missing from staged_entities(): its rejected rows
-- would not be seen.
{% set staged = [] %}
{% for channel, entity in staged_entities() %}
    {% do staged.append(channel ~ '__' ~ entity) %}
{% endfor %}

select cast(null as text) as forgotten_raw_table
where 1 = 0
{% if execute %}
    {% for source in graph.sources.values() %}
        {% if source.source_name != 'landing' and source.identifier not in staged %}
union all
select '{{ source.identifier }}' as forgotten_raw_table
        {% endif %}
    {% endfor %}
{% endif %}
