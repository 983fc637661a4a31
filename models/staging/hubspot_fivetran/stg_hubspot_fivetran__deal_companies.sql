{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_hubspot_fivetran__deal_company') }}
),

accepted as (
    select
        deal_id,
        company_id,
        type_id,
        category,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
