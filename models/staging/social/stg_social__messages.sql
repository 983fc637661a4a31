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
        sent_at
    from base
    where _row_status = 'accepted'

)

select * from accepted
