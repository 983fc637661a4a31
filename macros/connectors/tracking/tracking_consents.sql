{#
    Answers to the question for consent: traits of identify calls, unsubscribes and the vendor's consent event. Websites
    send the same traits at every login, so a trait that repeats the grant before it is as old as that grant: an
    unsubscribe in between stays. A withdrawal that is repeated counts again.
#}
{% macro tracking_consents(connector) -%}
with

base as (
    select * from {{ ref('base_' ~ connector ~ '__events') }}
),

identifies as (
    select * from {{ ref('stg_' ~ connector ~ '__identifies') }}
),

answers as (
    {%- for channel, answer in {'email': 'email_consent', 'sms': 'sms_consent'}.items() %}
    select
        _record_key || '/{{ channel }}' as _record_key,
        account_id,
        anonymous_id,
        '{{ channel }}' as channel,
        email_identifier,
        phone,
        true as is_trait,
        {{ is_plain_grant(answer) }} as is_grant,
        occurred_at,
        _staged_batch
    from identifies
    where {{ answer }} is not null
    union all
    {%- endfor %}
    select
        _record_key || '/email' as _record_key,
        account_id,
        anonymous_id,
        'email' as channel,
        email_identifier,
        phone,
        false as is_trait,
        false as is_grant,
        occurred_at,
        _staged_batch
    from base
    where _row_status = 'accepted' and event_name = 'email_unsubscribed'
    union all
    select
        _record_key || '/ads' as _record_key,
        account_id,
        anonymous_id,
        'ads' as channel,
        email_identifier,
        phone,
        false as is_trait,
        {{ is_plain_grant('ads_consent') }} as is_grant,
        occurred_at,
        _staged_batch
    from base
    where
        _row_status = 'accepted'
        and event_name = 'segment_consent_preference_updated'
        and ads_consent is not null
),

compared_answers as (
    select
        *,
        coalesce(account_id, anonymous_id, _record_key) as person,
        lag(is_grant) over (
            partition by channel, is_trait, coalesce(account_id, anonymous_id, _record_key)
            order by occurred_at, _record_key
        ) as previous_is_grant
    from answers
),

dated_answers as (
    select
        *,
        is_trait and is_grant and coalesce(previous_is_grant, false) as is_repeated,
        max(case when is_trait and is_grant and coalesce(previous_is_grant, false) then null else occurred_at end) over (
            partition by channel, is_trait, person
            order by occurred_at, _record_key
            rows between unbounded preceding and current row
        ) as answered_at
    from compared_answers
),

-- Address and number that a call lacks are the newest of the account.
addresses as (
    select
        account_id,
        email_identifier,
        _staged_batch,
        row_number() over (partition by account_id order by occurred_at desc, event_id) as version_number
    from identifies
    where account_id is not null and email_identifier is not null
),

numbers as (
    select
        account_id,
        phone,
        _staged_batch,
        row_number() over (partition by account_id order by occurred_at desc, event_id) as version_number
    from identifies
    where account_id is not null and phone is not null
),

addressed_answers as (
    select
        answers.*,
        case
            when answers.channel = 'sms' then coalesce(answers.phone, numbers.phone)
            else coalesce(answers.email_identifier, addresses.email_identifier)
        end as contact,
        greatest(answers._staged_batch, addresses._staged_batch, numbers._staged_batch) as newest_batch
    from dated_answers as answers
    left join addresses on answers.account_id = addresses.account_id and addresses.version_number = 1
    left join numbers on answers.account_id = numbers.account_id and numbers.version_number = 1
),

consents as (
    select
        _record_key as consent_id,
        account_id,
        anonymous_id,
        email_identifier,
        phone,
        channel,
        case
            when contact is not null and channel = 'sms' then 'phone'
            when contact is not null then 'email'
            when account_id is not null then 'account'
            else 'cookie'
        end as identifier_type,
        coalesce(contact, account_id, anonymous_id) as identifier_value,
        case when is_grant then 'granted' else 'withdrawn' end as status,
        is_repeated,
        answered_at as recorded_at,
        occurred_at,
        _record_key,
        {{ tracking_batch(connector, 'channel, person', 'newest_batch') }} as _staged_batch
    from addressed_answers
    where coalesce(contact, account_id, anonymous_id) is not null
)

select * from consents
{%- endmacro %}
