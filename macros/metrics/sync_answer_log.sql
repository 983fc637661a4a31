{#
    Query of what receivers answered, a row per row that they took or refused; without rows before the
    first sync. The table is no dbt source: it is made by the first sync that runs.
#}
{% macro sync_answer_log() %}
    {%- set relation = none -%}
    {%- if execute -%}
        {%- set relation = adapter.get_relation(
            database=target.database, schema=target.schema ~ '_activation',
            identifier='sync_outcomes'
        ) -%}
    {%- endif -%}
    {%- if relation -%}
    select
        sync_name,
        run_id,
        sync_key,
        operation,
        status,
        payload_hash,
        revision,
        recorded_at
    from {{ relation }}
    where status in ('delivered', 'rejected')
    {%- else -%}
    select
        cast(null as text) as sync_name,
        cast(null as text) as run_id,
        cast(null as text) as sync_key,
        cast(null as text) as operation,
        cast(null as text) as status,
        cast(null as text) as payload_hash,
        cast(null as bigint) as revision,
        cast(null as timestamp) as recorded_at
    where 1 = 0
    {%- endif -%}
{% endmacro %}
