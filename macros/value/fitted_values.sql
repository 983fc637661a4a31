{# Query of every fit that `make fit` wrote; without rows where it has never run. The table is no dbt
   source: who never fits does not have it. #}
{% macro fitted_values() %}
    {%- set relation = none -%}
    {%- if execute -%}
        {%- set relation = adapter.get_relation(
            database=target.database, schema=var('raw_schema'), identifier='customer_value_fits'
        ) -%}
    {%- endif -%}
    {%- if relation -%}
    select * from {{ relation }}
    {%- else -%}
    select
        cast(null as text) as fit_id,
        cast(null as text) as purpose,
        cast(null as timestamp) as fitted_at,
        cast(null as date) as observed_until,
        cast(null as bigint) as customer_count,
        cast(null as bigint) as repeat_customer_count,
        cast(null as double precision) as purchase_r,
        cast(null as double precision) as purchase_alpha,
        cast(null as double precision) as purchase_a,
        cast(null as double precision) as purchase_b,
        cast(null as double precision) as log_likelihood,
        cast(null as double precision) as spend_p,
        cast(null as double precision) as spend_q,
        cast(null as double precision) as spend_v
    where false
    {%- endif -%}
{% endmacro %}
