{{ base_config() }}

with

source as (
    {{ staging_source('web', 'events', json_columns=['context', 'properties', 'traits']) }}
),

unpacked as (
    select
        *,
        {{ json_fields('parsed_context', {
            'page_url': 'page.url',
            'page_path': 'page.path',
            'referrer': 'page.referrer',
            'campaign_source': 'campaign.source',
            'campaign_medium': 'campaign.medium',
            'campaign_name': 'campaign.name',
            'time_zone': 'timezone',
        }) }},
        {{ json_fields('parsed_properties', {
            'product_id': 'product_id',
            'order_id': 'order_id',
            'click_id': 'click_id',
            'currency': 'currency',
            'price_text': 'price',
            'quantity_text': 'quantity',
            'total_text': 'total',
        }) }},
        {{ json_fields('parsed_traits', {'trait_email': 'email', 'trait_phone': 'phone'}) }},
        {{ to_timestamp('sent_at') }} as sent_at_utc,
        {{ to_timestamp('received_at') }} as received_at_utc,
        {{ to_timestamp('"timestamp"') }} as client_at_utc
    from source
    {{ optimisation_fence() }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('message_id') }} as event_id,
        {{ trimmed('anonymous_id') }} as anonymous_id,
        {{ trimmed('user_id') }} as account_id,
        trait_email as raw_email,
        {{ normalise_email('trait_email') }} as email,
        trait_phone as raw_phone,
        {{ trimmed('click_id') }} as click_id,
        case
            when type = 'page' then 'page_viewed'
            when type = 'identify' then 'identified'
            else coalesce({{ snake_case('event') }}, {{ snake_case('type') }})
        end as event_name,
        {{ trimmed('product_id') }} as product_id,
        {{ trimmed('order_id') }} as order_id,
        quantity_text,
        {{ to_integer('quantity_text') }} as quantity,
        price_text,
        {{ to_number('price_text') }} as price,
        total_text,
        {{ to_number('total_text') }} as total,
        upper({{ trimmed('currency') }}) as currency,
        page_url,
        page_path,
        {{ trimmed('referrer') }} as referrer,
        campaign_source,
        campaign_medium,
        campaign_name,
        time_zone,
        properties,
        -- The client clock may be years off, but the difference between client time and sent time
        -- is reliable, so correct with it.
        coalesce(received_at_utc - (sent_at_utc - client_at_utc), client_at_utc) as occurred_at,
        received_at_utc as received_at
    from unpacked
),

with_phone as (
    {{ normalise_phone('typed', 'raw_phone') }}
),

derived as (
    select
        *,
        {{ canonical_email('email') }} as email_identifier,
        coalesce(total, price) as amount
    from with_phone
),

{{ staged('derived', key='event_id', newest_first='occurred_at', rules=[
    missing('message_id', 'event_id'),
    required('timestamp', 'timestamp', 'occurred_at'),
    required('received_at', 'timestamp'),
    in_the_future('timestamp', 'occurred_at', 'received_at'),
    ['event_name is null', 'type and event are missing'],
    ['anonymous_id is null and account_id is null', 'anonymous_id and user_id are missing'],
    negative('properties.price', 'price'),
    negative('properties.total', 'total'),
    negative('properties.quantity', 'quantity'),
]) }}

select * from staged
