{{ base_config(in_place=true) }}

-- The order and its cancellation are events of their own, but one record: the order. Fivetran
-- writes the properties of events into columns, in snake case.
with

source as (
    {{ warehouse_source(
        'klaviyo_fivetran', 'event', key='id',
        cursor='_fivetran_synced', deleted='_fivetran_deleted'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('"id"') }} as event_id,
        {{ trimmed('"person_id"') }} as profile_id,
        {{ klaviyo_event_name(trimmed('"type"')) }} as event_name,
        {{ trimmed('"property_order_id"') }} as named_order_id,
        {{ trimmed('"property_event_id"') }} as own_event_id,
        coalesce(
            {{ trimmed('"property_sku"') }}, {{ trimmed('"property_product_id"') }},
            {{ trimmed('"property_added_item_sku"') }},
            {{ trimmed('"property_added_item_product_id"') }}
        ) as product_id,
        {{ to_integer('coalesce("property_quantity", "property_added_item_quantity")') }}
            as quantity,
        cast(
            {{ to_number(
                'coalesce("property_value", "property_price", "property_added_item_price")'
            ) }} as numeric(18, 2)
        ) as amount,
        upper({{ trimmed('"property_value_currency"') }}) as currency,
        {{ klaviyo_page_path('"property_page"') }} as page_path,
        coalesce({{ trimmed('"campaign_id"') }}, {{ trimmed('"flow_id"') }}) as campaign_id,
        {{ trimmed('"property_campaign_name"') }} as campaign_name,
        lower({{ trimmed('"property_bounce_type"') }}) as bounce_type,
        '{"Items":' || {{ trimmed('"property_items"') }} || '}' as items,
        coalesce({{ to_timestamp('"timestamp"') }}, {{ to_timestamp('"datetime"') }})
            as occurred_at
    from source
    {{ optimisation_fence() }}
),

keyed as (
    {{ klaviyo_keyed_events('typed') }}
),

{{ staged('keyed', key='event_key', newest_first='occurred_at', rules=[
    missing('id', 'event_id'),
    ['occurred_at is null', 'timestamp is not a timestamp'],
    missing('type', 'event_name'),
]) }}

select * from staged
