{{ base_config() }}

with

source as (
    {{ staging_source('app', 'events', json_columns=['properties', 'location']) }}
),

unpacked as (
    select
        *,
        {{ json_fields('parsed_properties', {
            'product_id': 'product_id',
            'order_id': 'order_id',
            'campaign_id': 'campaign_id',
            'currency': 'currency',
            'price_text': 'price',
            'quantity_text': 'quantity',
            'total_text': 'total',
        }) }},
        {{ json_fields('parsed_location', {
            'latitude_text': 'latitude',
            'longitude_text': 'longitude',
            'accuracy_text': 'accuracy_metres',
        }) }}
    from source
    {{ optimisation_fence() }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('event_id') }} as event_id,
        {{ trimmed('device_id') }} as device_id,
        {{ trimmed('account_id') }} as account_id,
        {{ trimmed('push_token') }} as push_token,
        case
            when event_name = 'location_ping' then 'location_pinged'
            else {{ snake_case('event_name') }}
        end as event_name,
        {{ trimmed('product_id') }} as product_id,
        {{ trimmed('order_id') }} as order_id,
        {{ trimmed('campaign_id') }} as campaign_id,
        quantity_text,
        {{ to_integer('quantity_text') }} as quantity,
        price_text,
        {{ to_number('price_text') }} as price,
        total_text,
        {{ to_number('total_text') }} as total,
        upper({{ trimmed('currency') }}) as currency,
        lower({{ trimmed('platform') }}) as platform,
        {{ trimmed('app_version') }} as app_version,
        latitude_text,
        {{ to_number('latitude_text', 'numeric(9, 6)') }} as latitude,
        longitude_text,
        {{ to_number('longitude_text', 'numeric(9, 6)') }} as longitude,
        {{ to_number('accuracy_text', 'numeric(12, 2)') }} as accuracy_metres,
        properties,
        {{ to_timestamp('occurred_at') }} as occurred_at,
        {{ to_timestamp('received_at') }} as received_at
    from unpacked
),

valued as (
    select
        *,
        coalesce(total, price) as amount
    from typed
),

{{ staged('valued', key='event_id', newest_first='occurred_at', rules=[
    missing('event_id'),
    required('occurred_at', 'timestamp'),
    required('received_at', 'timestamp'),
    in_the_future('occurred_at', 'occurred_at', 'received_at'),
    missing('event_name'),
    ['device_id is null and account_id is null', 'device_id and account_id are missing'],
    unreadable('location.latitude', 'number', 'latitude', 'latitude_text'),
    unreadable('location.longitude', 'number', 'longitude', 'longitude_text'),
    negative('properties.price', 'price'),
    negative('properties.total', 'total'),
    negative('properties.quantity', 'quantity'),
    ['latitude not between -90 and 90', 'location.latitude is not on the globe'],
    ['longitude not between -180 and 180', 'location.longitude is not on the globe'],
    [
        "event_name = 'location_pinged' and (latitude is null or longitude is null)",
        'location is missing'
    ],
]) }}

select * from staged
