{{ config(enabled=connector_is_on()) }}

-- Only a mailbox that does not exist is a hard bounce; a full one may accept mail later.
with

base as (
    select * from {{ ref('base_hubspot_fivetran__email_event') }}
),

bounces as (
    select * from {{ ref('stg_hubspot_fivetran__email_bounces') }}
),

accepted as (
    select
        base.event_id,
        base.email_identifier,
        base.event_name,
        base.campaign_id,
        case
            when base.event_name = 'email_bounced'
                then case when bounces.category = 'UNKNOWN_USER' then 'hard' else 'soft' end
        end as bounce_type,
        base.occurred_at,
        base._record_key,
        base._staged_batch
    from base
    left join bounces on base.event_id = bounces.event_id
    where base._row_status = 'accepted' and not base.is_filtered
)

select * from accepted
