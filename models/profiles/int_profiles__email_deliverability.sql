{{ config(schema='contacts') }}

with

email_events as (
    select
        email_identifier,
        event_name,
        bounce_type,
        observed_at as occurred_at
    from {{ ref('input_messages') }}
    where
        email_identifier is not null
        -- The clock of the source of a refusal may be ahead by a day.
        and (
            observed_at <= {{ as_of() }}
            or event_name in ('email_unsubscribed', 'email_complained')
            and observed_at <= {{ as_of() }} + interval '1 day'
        )
),

latest_events as (
    select
        email_identifier,
        max(case when event_name = 'email_unsubscribed' then occurred_at end) as unsubscribed_at,
        max(case when event_name = 'email_complained' then occurred_at end) as complained_at,
        max(
            case when event_name = 'email_bounced' and bounce_type = 'hard' then occurred_at end
        ) as bounced_at,
        max(
            case when event_name in ('email_opened', 'email_clicked') then occurred_at end
        ) as verified_at,
        max(
            case
                when event_name in ('email_delivered', 'email_opened', 'email_clicked')
                    then occurred_at
            end
        ) as reached_at
    from email_events
    group by email_identifier
),

evaluated_mailboxes as (
    select
        *,
        {{ contact_validity('verified_at', 'bounced_at', 'reached_at', as_of()) }} as validity
    from latest_events
)

select * from evaluated_mailboxes
