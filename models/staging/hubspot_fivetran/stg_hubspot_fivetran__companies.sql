{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_hubspot_fivetran__company') }}
),

accepted as (
    select
        company_id,
        name,
        domain,
        industry,
        city,
        country,
        employee_count,
        annual_revenue_amount,
        is_deleted,
        created_at,
        updated_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
