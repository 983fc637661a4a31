with

orders as (
    select * from {{ ref('orders') }}
),

summarised as (
    {{ rfm_summaries('orders', 'cast(' ~ as_of() ~ ' as date)') }}
)

select * from summarised
