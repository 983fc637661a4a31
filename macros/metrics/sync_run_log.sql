{#
    Query of what the runs of syncs did; without rows before the first. The table is no dbt source: it is
    made by the first sync that runs.
#}
{% macro sync_run_log() %}
    {%- set relation = none -%}
    {%- if execute -%}
        {%- set relation = adapter.get_relation(
            database=target.database, schema=target.schema ~ '_activation', identifier='sync_runs'
        ) -%}
    {%- endif -%}
    {%- if relation -%}
    select
        sync_name,
        run_id,
        destination,
        status,
        inserted_count,
        updated_count,
        deleted_count,
        rejected_count,
        withheld_count,
        started_at,
        finished_at
    from {{ relation }}
    {%- else -%}
    select
        cast(null as text) as sync_name,
        cast(null as text) as run_id,
        cast(null as text) as destination,
        cast(null as text) as status,
        cast(null as bigint) as inserted_count,
        cast(null as bigint) as updated_count,
        cast(null as bigint) as deleted_count,
        cast(null as bigint) as rejected_count,
        cast(null as bigint) as withheld_count,
        cast(null as timestamp) as started_at,
        cast(null as timestamp) as finished_at
    where 1 = 0
    {%- endif -%}
{% endmacro %}
