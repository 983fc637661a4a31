{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_hubspot__deals') }}
),

accepted as (
    select
        deal_id,
        company_id,
        contact_id,
        name,
        pipeline,
        stage,
        case when is_won then 'won' when is_closed then 'lost' else 'open' end as status,
        amount,
        currency,
        created_at as opened_at,
        case when is_won or is_closed then closes_at end as closed_at,
        cast(closes_at as date) as expected_close_date,
        updated_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
