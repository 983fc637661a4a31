{{ config(materialized='view') }}

-- Every record of a person: events of the connectors, their orders and their returns.
with

events as (
    {{ input_rows('events') }}
),

orders as (
    select * from {{ ref('input_orders') }}
),

returns as (
    select * from {{ ref('input_returns') }}
),

unioned as (
    select * from events
    union all
    {{ on_the_timeline('orders', {'event_name': 'event_name'}) }}
    union all
    {{ on_the_timeline('returns', {'event_name': 'event_name', 'order_id': 'return_id'}) }}
),

all_records as (
    select
        source_model,
        record_id,
        channel,
        event_name,
        {%- for column in timeline_columns() %}
        {{ column }},
        {%- endfor %}
        observed_at as occurred_at,
        _staged_batch
    from unioned
)

select * from all_records
