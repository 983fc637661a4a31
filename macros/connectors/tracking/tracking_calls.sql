{#
    CTEs that type tracking calls: from CTE `calls`, which has a text column per field, to CTE `staged`. A call is rejected
    only if nothing can be done with it; an amount that is no number is null.
#}
{% macro tracking_calls() -%}
named_calls as (
    select
        *,
        {{ tracked_event_name('call_type', 'event_text') }} as event_name,
        {{ to_timestamp('time_text') }} as given_time,
        {{ to_timestamp('original_time_text') }} as original_time,
        {{ to_timestamp('sent_text') }} as sent_time,
        {{ to_timestamp('received_text') }} as received_time,
        case when call_type = 'identify' then {{ trimmed('trait_name') }} end as full_name,
        case when call_type = 'group' then {{ trimmed('trait_name') }} end as company_name,
        case call_type
            when 'page' then coalesce(property_path, context_path)
            when 'screen' then screen_name
            else context_path
        end as path_text,
        case when call_type = 'page' then coalesce(property_url, context_url) else context_url end as url_text,
        case when call_type = 'page' then coalesce(property_search, context_search) else context_search end
            as search_text,
        case when call_type = 'page' then coalesce(property_referrer, context_referrer) else context_referrer end
            as referrer_text
    from calls
    {{ optimisation_fence() }}
),

completed_calls as (
    select
        *,
        -- Both tools compute `timestamp` like this, so that a client clock which is years off does not matter.
        coalesce(given_time, received_time - (sent_time - original_time), received_time, original_time) as computed_time,
        coalesce(event_name like 'order%' and products <> '[]', false) as has_lines,
        event_name like 'email%' as is_email,
        -- Traits of a group are the company's.
        coalesce(
            case when call_type <> 'group' then {{ trimmed('trait_email') }} end,
            {{ trimmed('context_email') }},
            case when event_name like 'order%' or event_name like 'email%' then {{ trimmed('property_email') }} end
        ) as raw_email,
        coalesce(
            case when call_type <> 'group' then {{ trimmed('trait_phone') }} end, {{ trimmed('context_phone') }}
        ) as raw_phone,
        coalesce(
            {{ trimmed('trait_first_name') }},
            case when trait_last_name is null then split_part(full_name, ' ', 1) end
        ) as given_name,
        coalesce(
            {{ trimmed('trait_last_name') }},
            case
                when trait_first_name is null
                    then {{ trimmed("substr(full_name, length(split_part(full_name, ' ', 1)) + 1)") }}
            end
        ) as family_name
    from named_calls
    {{ optimisation_fence() }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('message_id') }} as event_id,
        call_type,
        event_name,
        {{ trimmed('anonymous_id_text') }} as anonymous_id,
        {{ trimmed('user_id_text') }} as account_id,
        {{ trimmed('previous_id_text') }} as previous_id,
        {{ trimmed('group_id_text') }} as group_id,
        raw_email,
        {{ normalise_email('raw_email') }} as email,
        raw_phone,
        given_name as first_name,
        family_name as last_name,
        {{ to_date('substr(birthday_text, 1, 10)') }} as birth_date,
        {{ trimmed('street_text') }} as address_line,
        {{ trimmed('postcode_text') }} as postcode,
        {{ trimmed('city_text') }} as city,
        {{ country_code('country_text') }} as country,
        lower({{ trimmed('email_consent_text') }}) as email_consent,
        lower({{ trimmed('sms_consent_text') }}) as sms_consent,
        lower({{ trimmed('ads_consent_text') }}) as ads_consent,
        company_name,
        {{ trimmed('website_text') }} as company_website,
        {{ trimmed('industry_text') }} as company_industry,
        {{ trimmed('order_id_text') }} as order_id,
        {{ tracked_product_id('sku', 'product_id_text') }} as product_id,
        {{ to_integer('quantity_text') }} as quantity,
        cast(
            coalesce(
                {{ to_number('total_text') }},
                {{ to_number('value_text') }},
                {{ to_number('revenue_text') }} + coalesce({{ to_number('shipping_text') }}, 0)
                + coalesce({{ to_number('tax_text') }}, 0) - coalesce({{ to_number('discount_text') }}, 0),
                {{ to_number('price_text') }}
            ) as numeric(18, 2)
        ) as amount,
        upper({{ trimmed('currency_text') }}) as currency,
        case when has_lines and {{ parse_json('products') }} is not null then products end as products,
        has_lines and {{ parse_json('products') }} is null as has_unreadable_lines,
        case when is_email then {{ trimmed('campaign_id_text') }} end as campaign_id,
        {{ trimmed('campaign_source_text') }} as campaign_source,
        case
            when is_email then 'email'
            when event_name = 'push_opened' then 'push'
            else {{ trimmed('campaign_medium_text') }}
        end as campaign_medium,
        coalesce(
            case when is_email then {{ trimmed('property_campaign_name') }} end,
            {{ trimmed('context_campaign_name') }}
        ) as campaign_name,
        -- A bounce whose kind the email tool does not tell counts as final, so that nothing is sent there.
        case
            when event_name <> 'email_bounced' then null
            when lower(bounce_type_text) in ('soft', 'transient', 'temporary', 'block', 'blocked') then 'soft'
            else 'hard'
        end as bounce_type,
        {{ click_id_in("coalesce(url_text, '') || coalesce(search_text, '')") }} as click_id,
        {{ trimmed('path_text') }} as page_path,
        {{ trimmed('url_text') }} as page_url,
        {{ trimmed('referrer_text') }} as referrer,
        {{ trimmed('device_id_text') }} as device_id,
        {{ trimmed('push_token_text') }} as push_token,
        lower({{ trimmed('device_type') }}) as platform,
        sent_properties as properties,
        case when computed_time > received_time + interval '1 day' then received_time else computed_time end as occurred_at,
        received_time as received_at
    from completed_calls
    {{ optimisation_fence() }}
),

identified as (
    {{ normalise_contact('typed', 'country') }}
),

{{ staged('identified', key='event_id', newest_first='received_at', rules=[
    missing('messageId', 'event_id'),
    ["coalesce(call_type, '') not in ('track', 'page', 'screen', 'identify', 'group', 'alias')", 'type is not known'],
    ["call_type = 'track' and event_name is null", 'event is missing'],
    ['occurred_at is null', 'timestamp, receivedAt and originalTimestamp are not times'],
]) }}

select * from staged
{%- endmacro %}
