{# Tills: receipts and their lines. Store staff type the address for the receipt. #}
{% macro connector_pos() %}
    {% do return({
        'stg_pos__receipts': {
            'record_id': 'receipt_id', 'observed_at': 'purchased_at',
            'identifiers': {
                'loyalty_card': 'loyalty_number', 'email': 'email_identifier', 'payment_card': 'card_token',
            },
            'events': {
                'event_name': "case receipt_type
                    when 'sale' then 'order_completed'
                    when 'return' then 'order_returned'
                    else 'order_placed'
                end",
                'same': ['store_id', 'currency'],
                'order_id': 'receipt_id',
                'amount': 'total_amount',
            },
            'contacts': {'where': 'email is not null', 'same': ['email', 'email_identifier']},
            'known_values': {'receipt_type': ['sale', 'return']},
            'trust': {'email': 50},
        },
        'stg_pos__receipt_lines': {
            'record_id': 'receipt_line_id',
            'order_lines': {
                'same': ['line_number', 'product_id', 'quantity', 'unit_price', 'discount_amount'],
                'order_id': 'receipt_id',
            },
        },
    }) %}
{% endmacro %}
