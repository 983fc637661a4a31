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
    Last run of the graph that int_identity__combination_profiles has processed, or none if it is built in full, as it
    is if the log of reassignments does not reach back that far.
#}
{%- macro last_assigned_run() -%}
    {%- set graph = ref('identity_graph') -%}
    {%- if processed_batch() is none -%}{%- do return(none) -%}{%- endif -%}
    {%- set known = run_query(
        'select (select max(assigned_run) from ' ~ this ~ '), first_logged_run from '
        ~ graph_table('state', graph)
    ).rows[0] -%}
    {%- if known[0] is not none and known[0] >= known[1] -%}{%- do return(known[0] | int) -%}{%- endif -%}
    {%- do build_in_full() -%}
    {%- do return(none) -%}
{%- endmacro -%}

{#- Combinations that may belong to another profile than before: those of the log, or all. -#}
{%- macro touched_combinations(since) -%}
    {%- set log = ref('identity_graph__reassignments') -%}
    {%- if since is none -%}
    select combination_key from combinations
    {%- else -%}
    select combination_key from {{ log }}
    where run_number > {{ since }} and combination_key is not null
    union
    select members.combination_key
    from (
        select
            combination_key,
            unnest(identifier_keys) as identifier_key
        from combinations
        where exists (select 1 from {{ log }} where run_number > {{ since }})
    ) as members
    where members.identifier_key in (select identifier_key from {{ log }} where run_number > {{ since }})
    {%- endif -%}
{%- endmacro -%}
