{# Page, screen and track calls, except for orders and refunds. #}
{% macro tracking_events(connector) -%}
with

base as (
    select * from {{ ref('base_' ~ connector ~ '__events') }}
),

accepted as (
    select
        event_id,
        event_name,
        anonymous_id,
        account_id,
        email,
        email_identifier,
        phone,
        order_id,
        product_id,
        quantity,
        amount,
        currency,
        campaign_id,
        campaign_source,
        campaign_medium,
        campaign_name,
        bounce_type,
        click_id,
        page_path,
        page_url,
        referrer,
        device_id,
        push_token,
        platform,
        properties,
        occurred_at,
        received_at,
        _record_key,
        _staged_batch
    from base
    where
        _row_status = 'accepted'
        and call_type in ('page', 'screen', 'track')
        and event_name not in ('order_completed', 'order_cancelled', 'order_returned')
)

select * from accepted
{%- endmacro %}

{#
    Identify calls. A call may have a few traits only: a name that it lacks is that of the person's call before.
#}
{% macro tracking_identifies(connector) -%}
with

base as (
    select * from {{ ref('base_' ~ connector ~ '__events') }}
),

identifies as (
    select
        *,
        coalesce(account_id, anonymous_id, event_id) as person
    from base
    where _row_status = 'accepted' and call_type = 'identify'
),

numbered_names as (
    select
        *,
        count(first_name) over person_calls as first_name_number,
        count(last_name) over person_calls as last_name_number
    from identifies
    window person_calls as (partition by person order by occurred_at, event_id)
),

filled as (
    select
        event_id,
        event_name,
        anonymous_id,
        account_id,
        person,
        email,
        email_identifier,
        phone,
        max(first_name) over (partition by person, first_name_number) as first_name,
        max(last_name) over (partition by person, last_name_number) as last_name,
        birth_date,
        address_line,
        postcode,
        city,
        country,
        email_consent,
        sms_consent,
        device_id,
        push_token,
        platform,
        occurred_at,
        _record_key,
        {{ tracking_batch(connector, 'person') }} as _staged_batch
    from numbered_names
)

select * from filled
{%- endmacro %}

{# Newest batch of the calls that a row depends on. A removed call no longer tells which rows depended on it. #}
{% macro tracking_batch(connector, partition, batch='_staged_batch') -%}
    greatest(
            max({{ batch }}) over (partition by {{ partition }}),
            (
                select coalesce(max(removed._staged_batch), 0)
                from {{ ref('base_' ~ connector ~ '__events') }} as removed
                where removed._row_status = 'removed'
            )
        )
{%- endmacro %}

{#
    Alias calls: one row per id. The ids are linked by the vendor's word. `previousId` is a former user id or an anonymous
    id, and it is a user id only if calls have it as such.
#}
{% macro tracking_aliases(connector) -%}
with

base as (
    select * from {{ ref('base_' ~ connector ~ '__events') }}
),

aliases as (
    select * from base
    where
        _row_status = 'accepted' and call_type = 'alias' and account_id is not null and previous_id is not null
),

former_accounts as (
    select
        account_id,
        min(_staged_batch) as _staged_batch
    from base
    where _row_status = 'accepted' and account_id in (select aliases.previous_id from aliases)
    group by account_id
),

ids as (
    select
        account_id,
        cast(null as text) as anonymous_id,
        account_id as surviving_id,
        occurred_at,
        _record_key || '/surviving' as _record_key,
        _staged_batch
    from aliases
    union all
    select
        former_accounts.account_id,
        aliases.previous_id as anonymous_id,
        aliases.account_id as surviving_id,
        aliases.occurred_at,
        aliases._record_key || '/merged' as _record_key,
        greatest(aliases._staged_batch, former_accounts._staged_batch) as _staged_batch
    from aliases
    left join former_accounts on aliases.previous_id = former_accounts.account_id
)

select * from ids
{%- endmacro %}

{# Group calls, which name the company of a person. #}
{% macro tracking_groups(connector) -%}
with

base as (
    select * from {{ ref('base_' ~ connector ~ '__events') }}
),

accepted as (
    select
        event_id,
        account_id,
        anonymous_id,
        group_id,
        company_name,
        {{ url_host("case when company_website like '%://%' then company_website else 'https://' || company_website end") }}
            as company_domain,
        company_industry,
        occurred_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted' and call_type = 'group' and group_id is not null
)

select * from accepted
{%- endmacro %}

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
