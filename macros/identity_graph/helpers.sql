{# Array of the expressions that are not null, in order. #}
{% macro array_without_nulls(expressions) %}
    {{- adapter.dispatch('array_without_nulls')(expressions) -}}
{% endmacro %}

{% macro duckdb__array_without_nulls(expressions) -%}
    list_filter([{{ expressions | join(', ') }}], lambda element: element is not null)
{%- endmacro %}

{% macro postgres__array_without_nulls(expressions) -%}
    array_remove(array[{{ expressions | join(', ') }}], null)
{%- endmacro %}

{# Value of a column that is constant in its group. PostgreSQL has any_value only since version 16. #}
{% macro graph_any_value(column) %}
    {{- adapter.dispatch('graph_any_value')(column) -}}
{% endmacro %}

{% macro default__graph_any_value(column) -%}
    any_value({{ column }})
{%- endmacro %}

{% macro postgres__graph_any_value(column) -%}
    min({{ column }})
{%- endmacro %}

{# When this run of dbt began, as a UTC timestamp: one value for every row that the run writes. #}
{% macro run_timestamp() %}
    {%- set started_at = run_started_at.astimezone(modules.pytz.utc) -%}
    cast('{{ started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp)
{%- endmacro %}

{#
    Last run of the graph that int_identity__combination_profiles has processed, or none if the log of
    reassignments does not reach back that far, so that everything has to be compared.
#}
{%- macro last_assigned_run() -%}
    {%- set graph = ref('identity_graph') -%}
    {#- The model refers to it in incremental runs only, which dbt does not see when it parses. -#}
    {%- do ref('identity_graph__reassignments') if not execute -%}
    {%- if not execute or not is_incremental() or not has_column(this, 'assigned_run') -%}{%- do return(none) -%}{%- endif -%}
    {%- set known = run_query(
        'select (select max(assigned_run) from ' ~ this ~ '), first_logged_run from '
        ~ graph_table('state', graph)
    ).rows[0] -%}
    {%- if known[0] is none or known[0] < known[1] -%}{%- do return(none) -%}{%- endif -%}
    {%- do return(known[0] | int) -%}
{%- endmacro -%}

{#- Replaces the combinations that belong to another profile now, or all if all were compared. -#}
{%- macro get_incremental_reassigned_sql(arguments) -%}
    delete from {{ arguments.target_relation }}
    {%- if last_assigned_run() is not none %}
    where combination_key in (select combination_key from {{ arguments.temp_relation }})
    {%- endif %};

    insert into {{ arguments.target_relation }} (combination_key, profile_id, assigned_run)
    select combination_key, profile_id, assigned_run
    from {{ arguments.temp_relation }}
    where profile_id is not null
{%- endmacro -%}
