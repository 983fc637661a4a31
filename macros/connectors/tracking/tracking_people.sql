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
