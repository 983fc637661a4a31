{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_social__messages') }}
),

accepted as (
    select
        message_id,
        network,
        handle,
        email,
        email_identifier,
        message_text,
        direction,
        sent_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted'
)

select * from accepted
