{#
    Deletes the rows of a seed before the new ones are written. dbt would drop it, together with all views that read it,
    or truncate it, which waits for all readers and then blocks them. Only a seed with changed columns is dropped.
#}
{% macro postgres__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
    {% if full_refresh and seed_columns(model, agate_table) != relation_columns(old_relation) %}
        {% do return(default__reset_csv_table(model, full_refresh, old_relation, agate_table)) %}
    {% endif %}
    {% set sql = 'delete from ' ~ old_relation %}
    {% call statement('empty_seed') %}{{ sql }}{% endcall %}
    {% do return(sql) %}
{% endmacro %}

{# Names and types of a seed's columns, from its file and configuration. #}
{% macro seed_columns(model, agate_table) %}
    {% set types = model.config.column_types %}
    {% set columns = [] %}
    {% for name in agate_table.column_names %}
        {% do columns.append(name ~ ' ' ~ types.get(name, adapter.convert_type(agate_table, loop.index0))) %}
    {% endfor %}
    {% do return(columns) %}
{% endmacro %}

{# Names and types of a table's columns. #}
{% macro relation_columns(relation) %}
    {% set columns = [] %}
    {% for column in adapter.get_columns_in_relation(relation) %}
        {% do columns.append(column.name ~ ' ' ~ column.data_type) %}
    {% endfor %}
    {% do return(columns) %}
{% endmacro %}
