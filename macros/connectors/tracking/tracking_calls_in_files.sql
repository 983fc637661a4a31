{#
    Query of a base model over tracking calls in JSON lines, as Segment and RudderStack write them to object storage.
    Both write the same fields. A trait may be named in camel case or in snake case.
#}
{% macro tracking_calls_in_files(connector) -%}
with

source as (
    {{ staging_source(connector, 'events', json_columns=['context', 'properties']) }}
),

-- RudderStack's libraries for browsers and apps send the traits of a person in the context. In a group call, those in
-- the context are the person's and the others the company's.
with_traits as (
    select
        *,
        case lower({{ trimmed('type') }})
            when 'group' then traits
            when 'identify' then
                coalesce(nullif(traits, '{}'), {{ json_text('parsed_context', ['traits']) }})
        end as sent_traits
    from source
    {{ optimisation_fence() }}
),

parsed as (
    select
        *,
        {{ parse_json('sent_traits') }} as parsed_traits
    from with_traits
    {{ optimisation_fence() }}
),

unpacked as (
    select
        *,
        {{ json_fields('parsed_context', {
            'context_path': 'page.path',
            'context_url': 'page.url',
            'context_search': 'page.search',
            'context_referrer': 'page.referrer',
            'campaign_source_text': 'campaign.source',
            'campaign_medium_text': 'campaign.medium',
            'context_campaign_name': 'campaign.name',
            'device_id_text': 'device.id',
            'push_token_text': 'device.token',
            'device_type': 'device.type',
            'context_email': 'traits.email',
            'context_phone': 'traits.phone',
            'ads_consent_text': 'consent.categoryPreferences.' ~ var('tracking_ads_consent_category'),
        }) }},
        {{ json_fields('parsed_traits', {
            'trait_email': 'email',
            'trait_phone': 'phone',
            'trait_name': 'name',
            'first_name_camel': 'firstName',
            'first_name_snake': 'first_name',
            'last_name_camel': 'lastName',
            'last_name_snake': 'last_name',
            'birthday_text': 'birthday',
            'street_text': 'address.street',
            'city_text': 'address.city',
            'postcode_camel': 'address.postalCode',
            'postcode_snake': 'address.postal_code',
            'country_text': 'address.country',
            'website_text': 'website',
            'industry_text': 'industry',
            'email_consent_text': var('tracking_email_consent_trait'),
            'sms_consent_text': var('tracking_sms_consent_trait'),
        }) }},
        {{ json_fields('parsed_properties', {
            'property_path': 'path',
            'property_url': 'url',
            'property_search': 'search',
            'property_referrer': 'referrer',
            'property_email': 'email',
            'product_id_text': 'product_id',
            'sku': 'sku',
            'order_id_text': 'order_id',
            'quantity_text': 'quantity',
            'price_text': 'price',
            'total_text': 'total',
            'value_text': 'value',
            'revenue_text': 'revenue',
            'shipping_text': 'shipping',
            'tax_text': 'tax',
            'discount_text': 'discount',
            'currency_text': 'currency',
            'products': 'products',
            'campaign_id_text': 'campaign_id',
            'property_campaign_name': 'campaign_name',
            'bounce_type_text': 'bounce_type',
        }) }}
    from parsed
    {{ optimisation_fence() }}
),

calls as (
    select
        *,
        "messageId" as message_id,
        lower({{ trimmed('type') }}) as call_type,
        "anonymousId" as anonymous_id_text,
        "userId" as user_id_text,
        "previousId" as previous_id_text,
        "groupId" as group_id_text,
        event as event_text,
        name as screen_name,
        "timestamp" as time_text,
        "originalTimestamp" as original_time_text,
        "sentAt" as sent_text,
        "receivedAt" as received_text,
        coalesce(first_name_camel, first_name_snake) as trait_first_name,
        coalesce(last_name_camel, last_name_snake) as trait_last_name,
        coalesce(postcode_camel, postcode_snake) as postcode_text,
        properties as sent_properties
    from unpacked
),

{{ tracking_calls() }}
{%- endmacro %}
