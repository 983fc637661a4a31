{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_hubspot_fivetran__deal_pipeline') }}
),

accepted as (
    select
        pipeline_id,
        label,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
