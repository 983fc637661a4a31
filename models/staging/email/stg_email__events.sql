{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_email__events') }}
),

accepted as (
    select
        event_id,
        email,
        email_identifier,
        event_name,
        campaign_id,
        campaign_name,
        subject,
        link_url,
        bounce_type,
        occurred_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
