{# Query of the lines of orders and refunds, from the list `Items` of their events; `path` leads to the list. #}
{% macro klaviyo_order_lines(sold, path) %}
    select
        {{ surrogate_key(['_record_key', 'line_number']) }} as order_line_id,
        order_id,
        line_number,
        product_id,
        quantity * sign as quantity,
        unit_price,
        discount_amount * sign as discount_amount,
        _record_key,
        _staged_batch
    from (
        select
            *,
            cast(coalesce(unit_price_given, {{ average_amount('row_total', 'quantity') }}) as numeric(18, 2)) as unit_price,
            cast(greatest(quantity * unit_price_given - row_total, 0) as numeric(18, 2)) as discount_amount
        from (
            select
                *,
                coalesce({{ trimmed('sku_text') }}, {{ trimmed('product_text') }}) as product_id,
                coalesce(nullif(abs({{ to_integer('quantity_text') }}), 0), 1) as quantity,
                abs({{ to_number('price_text') }}) as unit_price_given,
                abs({{ to_number('total_text') }}) as row_total
            from (
                select
                    *,
                    cast(element_number as bigint) as line_number,
                    {{ json_fields('element', {
                        'sku_text': 'SKU', 'product_text': 'ProductID', 'quantity_text': 'Quantity',
                        'price_text': 'ItemPrice', 'total_text': 'RowTotal',
                    }) }}
                from (
                    select
                        order_id,
                        sign,
                        _record_key,
                        _staged_batch,
                        {{ json_elements('parsed_items', path) }}
                    from (
                        select *, {{ parse_json('items') }} as parsed_items from {{ sold }}
                    ) as parsed
                ) as unnested
            ) as unpacked
            -- Other senders list names alone.
            where coalesce(sku_text, product_text, price_text, total_text) is not null
        ) as typed
    ) as priced
{%- endmacro %}

{#
    Query of events with their order and the key of their record. Cancellations and refunds repeat the order in
    `OrderId`, or in Klaviyo's own `$event_id`. An order and its cancellation have one key.
#}
{% macro klaviyo_keyed_events(relation) %}
    select
        *,
        case
            when event_name in ('order_completed', 'order_cancelled')
                and coalesce(named_order_id, own_event_id) is not null
                then 'order/' || coalesce(named_order_id, own_event_id)
            else event_id
        end as event_key,
        case
            when event_name in ('order_completed', 'order_cancelled', 'order_returned')
                then coalesce(named_order_id, own_event_id, event_id)
            else named_order_id
        end as order_id
    from {{ relation }}
{%- endmacro %}

{% macro klaviyo_page_path(url) %}
    case
        when {{ url }} <> ''
            then coalesce(nullif(regexp_replace({{ url }}, '^[A-Za-z]+://[^/?#]*|[?#].*$', '', 'g'), ''), '/')
    end
{%- endmacro %}

{# Channel that an event withdraws consent to, and the address or number of the profile there; null for other events. #}
{% macro klaviyo_withdrawal(event_name) %}
        case {{ event_name }}
            when 'email_unsubscribed' then 'email' when 'unsubscribed_from_sms_marketing' then 'sms'
        end as withdrawn_channel,
        case {{ event_name }}
            when 'email_unsubscribed' then profiles.email_identifier
            when 'unsubscribed_from_sms_marketing' then profiles.phone
        end as withdrawn_identifier
{%- endmacro %}
