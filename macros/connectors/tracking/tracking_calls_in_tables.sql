{#
    Query of a base model over the tables of a tracking tool's warehouse destination, which have a column per field. A
    trait of RudderStack's libraries for browsers and apps is in `context_traits_<trait>` alone. Table `tracks` has the
    calls of all events without their properties; the events in `tracking_tables` are read from a table of their own.
#}
{% macro tracking_calls_in_tables(connector) -%}
with

source as (
    {{ warehouse_source(
        connector, tracking_tables(), key='id', cursor='uuid_ts', overview={'table': 'tracks', 'column': 'event'}
    ) }}
),

named_tables as (
    select
        *,
        split_part(_file, '.', 2) as table_name
    from source
    {{ optimisation_fence() }}
),

calls as (
    select
        *,
        id as message_id,
        case table_name
            when 'pages' then 'page'
            when 'screens' then 'screen'
            when 'identifies' then 'identify'
            when 'groups' then 'group'
            when 'aliases' then 'alias'
            else 'track'
        end as call_type,
        anonymous_id as anonymous_id_text,
        user_id as user_id_text,
        previous_id as previous_id_text,
        group_id as group_id_text,
        case table_name when 'tracks' then event else table_name end as event_text,
        name as screen_name,
        "timestamp" as time_text,
        original_timestamp as original_time_text,
        sent_at as sent_text,
        received_at as received_text,
        context_page_path as context_path,
        context_page_url as context_url,
        context_page_search as context_search,
        context_page_referrer as context_referrer,
        context_campaign_source as campaign_source_text,
        context_campaign_medium as campaign_medium_text,
        context_device_id as device_id_text,
        context_device_token as push_token_text,
        context_device_type as device_type,
        context_traits_email as context_email,
        context_traits_phone as context_phone,
        context_consent_category_preferences_{{ tracking_column('tracking_ads_consent_category') }} as ads_consent_text,
        {%- for alias, trait in {
            'trait_email': 'email', 'trait_phone': 'phone', 'trait_name': 'name', 'trait_first_name': 'first_name',
            'trait_last_name': 'last_name', 'birthday_text': 'birthday', 'street_text': 'address_street',
            'city_text': 'address_city', 'postcode_text': 'address_postal_code', 'country_text': 'address_country',
            'email_consent_text': tracking_column('tracking_email_consent_trait'),
            'sms_consent_text': tracking_column('tracking_sms_consent_trait'),
        }.items() %}
        case table_name
            when 'identifies' then coalesce({{ trait }}, context_traits_{{ trait }})
            when 'groups' then {{ trait }}
        end as {{ alias }},
        {%- endfor %}
        website as website_text,
        industry as industry_text,
        path as property_path,
        url as property_url,
        search as property_search,
        referrer as property_referrer,
        email as property_email,
        product_id as product_id_text,
        order_id as order_id_text,
        quantity as quantity_text,
        price as price_text,
        total as total_text,
        value as value_text,
        revenue as revenue_text,
        shipping as shipping_text,
        tax as tax_text,
        discount as discount_text,
        currency as currency_text,
        campaign_id as campaign_id_text,
        campaign_name as property_campaign_name,
        bounce_type as bounce_type_text,
        cast(null as text) as sent_properties
    from named_tables
    {{ optimisation_fence() }}
),

{{ tracking_calls() }}
{%- endmacro %}

{# Column of a trait or category that a var names. #}
{% macro tracking_column(name) %}
    {%- do return(var(name) | lower | replace('.', '_') | replace(' ', '_')) -%}
{% endmacro %}

{# Tables with the calls: one per type of call, and those events whose properties are read. #}
{% macro tracking_tables() %}
    {% do return([
        'pages', 'screens', 'tracks', 'identifies', 'groups', 'aliases', 'product_viewed', 'product_added',
        'product_removed', 'checkout_started', 'order_completed', 'order_updated', 'order_cancelled', 'order_refunded',
        'email_sent', 'email_delivered', 'email_opened', 'email_link_clicked', 'email_bounced', 'email_marked_as_spam',
        'unsubscribed',
    ]) %}
{% endmacro %}
