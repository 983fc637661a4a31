{#
    Hook at the start of each run: refuses a warehouse that holds records of connectors that are off, since its profiles,
    audiences and syncs would go on with people who come from them, such as those of the demo.
#}
{% macro refuse_other_connectors() %}
    {% if not execute %}{% do return('') %}{% endif %}
    {#- Pairs that matching proposes are of no connector. #}
    {% set on, off = connector_names() + entity_of(default_base(matched_pairs_source().model))[:1], [] %}
    {% set tables = run_query(
        "select table_name from information_schema.tables where table_schema = '" ~ target.schema ~ "_staging' and table_name like 'base%' order by 1"
    ).rows %}
    {% for row in tables %}
        {% set name = row[0].split('base_', 1)[1].split('__')[0] %}
        {% if name not in on + off and row[0] | length > 5 and (
            query_value('select count(*) from (select 1 as one from ' ~ target.schema ~ '_staging.' ~ row[0] ~ ' limit 1) as found') | int > 0
        ) %}
            {% do off.append(name) %}
        {% endif %}
    {% endfor %}
    {% if off %}
        {{ exceptions.raise_compiler_error(
            'This warehouse holds records of connectors that CDP_CONNECTORS does not list: ' ~ off | join(', ')
            ~ '. Use another warehouse (CDP_DATA_DIR, or CDP_SCHEMA and CDP_RAW_SCHEMA in the same database), list them'
            ~ ' in CDP_CONNECTORS again, or take them out with `cdp upgrade --drop-removed`.'
        ) }}
    {% endif %}
{% endmacro %}
