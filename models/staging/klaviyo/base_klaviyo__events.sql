{{ base_config() }}

-- The order and its cancellation are events of their own, but one record: the order.
with

source as (
    {{ staging_source('klaviyo', 'events', json_columns=['attributes', 'relationships']) }}
),

unpacked as (
    select
        *,
        {{ json_fields('parsed_relationships', {
            'profile_text': 'profile.data.id',
            'metric_text': 'metric.data.id',
        }) }},
        {{ json_fields('parsed_attributes', {
            'time_text': 'datetime',
            'seconds_text': 'timestamp',
            'value_text': 'event_properties.$value',
            'currency_text': 'event_properties.$value_currency',
            'own_event_text': 'event_properties.$event_id',
            'order_text': 'event_properties.OrderId',
            'spaced_order_text': 'event_properties.Order ID',
            'sku_text': 'event_properties.SKU',
            'product_text': 'event_properties.ProductID',
            'added_sku_text': 'event_properties.AddedItemSKU',
            'added_product_text': 'event_properties.AddedItemProductID',
            'quantity_text': 'event_properties.Quantity',
            'added_quantity_text': 'event_properties.AddedItemQuantity',
            'price_text': 'event_properties.Price',
            'added_price_text': 'event_properties.AddedItemPrice',
            'page_text': 'event_properties.page',
            'campaign_text': 'event_properties.Campaign Name',
            'message_text': 'event_properties.$message',
            'bounce_text': 'event_properties.Bounce Type',
        }) }}
    from source
    {{ optimisation_fence() }}
),

named as (
    select
        *,
        {{ trimmed('id') }} as event_id,
        coalesce({{ trimmed('metric_name') }}, {{ trimmed('metric_text') }}) as metric,
        coalesce({{ trimmed('order_text') }}, {{ trimmed('spaced_order_text') }}) as named_order_id
    from unpacked
),

typed as (
    select
        {{ landed_columns() }},
        event_id,
        {{ trimmed('profile_text') }} as profile_id,
        {{ klaviyo_event_name('metric') }} as event_name,
        named_order_id,
        {{ trimmed('own_event_text') }} as own_event_id,
        coalesce(
            {{ trimmed('sku_text') }}, {{ trimmed('product_text') }},
            {{ trimmed('added_sku_text') }}, {{ trimmed('added_product_text') }}
        ) as product_id,
        {{ to_integer('coalesce(quantity_text, added_quantity_text)') }} as quantity,
        cast(
            {{ to_number('coalesce(value_text, price_text, added_price_text)') }} as numeric(18, 2)
        ) as amount,
        upper({{ trimmed('currency_text') }}) as currency,
        {{ klaviyo_page_path('page_text') }} as page_path,
        {{ trimmed('message_text') }} as campaign_id,
        {{ trimmed('campaign_text') }} as campaign_name,
        lower({{ trimmed('bounce_text') }}) as bounce_type,
        attributes as properties,
        coalesce({{ to_timestamp('time_text') }}, {{ to_timestamp('seconds_text') }}) as occurred_at
    from named
    {{ optimisation_fence() }}
),

keyed as (
    {{ klaviyo_keyed_events('typed') }}
),

{{ staged('keyed', key='event_key', newest_first='occurred_at', rules=[
    missing('id', 'event_id'),
    ['occurred_at is null', 'attributes.datetime is not a timestamp'],
    ['event_name is null', 'metric_name is missing'],
]) }}

select * from staged
