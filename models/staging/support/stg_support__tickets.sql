{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_support__tickets') }}
),

accepted as (
    select
        _record_key as ticket_version_id,
        ticket_id,
        email,
        email_identifier,
        phone,
        requester_name,
        order_id,
        subject,
        status,
        source,
        satisfaction,
        created_at,
        updated_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
