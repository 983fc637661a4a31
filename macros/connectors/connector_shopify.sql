{# Shopify: CSV exports of orders, customers and products from the admin. #}
{% macro connector_shopify() %}
    {% do return({
        'stg_shopify__orders': {
            'record_id': '_record_key', 'observed_at': 'ordered_at',
            'identifiers': {'order': 'order_id', 'email': 'email_identifier', 'phone': 'phone'},
            'orders': {'same': ['order_id', 'status', 'currency'], 'amount': 'total_amount'},
            'contacts': {
                'where': 'email is not null or phone is not null',
                'same': ['email', 'email_identifier', 'phone', 'city', 'country'],
            },
            'trust': {'email': 24, 'phone': 24, 'address': 24},
        },
        'stg_shopify__refunds': {
            'base': 'base_shopify__orders', 'record_suffixes': ['/refund'],
            'record_id': '_record_key', 'observed_at': 'refunded_at',
            'identifiers': {'order': 'order_id', 'email': 'email_identifier', 'phone': 'phone'},
            'returns': {'same': ['return_id', 'order_id', 'currency'], 'amount': 'refunded_amount'},
        },
        'stg_shopify__order_lines': {
            'base': 'base_shopify__orders', 'record_id': 'order_line_id',
            'order_lines': {
                'same': ['order_id', 'line_number', 'product_id', 'quantity', 'unit_price', 'discount_amount'],
            },
        },
        'stg_shopify__customers': {
            'record_id': '_record_key', 'observed_at': 'exported_at',
            'identifiers': {'shopify_customer': 'customer_id', 'email': 'email_identifier', 'phone': 'phone'},
            'events': {'event_name': "'contact_updated'"},
            'contacts': {
                'same': [
                    'email', 'email_identifier', 'phone', 'first_name', 'last_name', 'address_line', 'postcode',
                    'city', 'country',
                ],
            },
            'trust': {'email': 22, 'phone': 22, 'name': 22, 'address': 22},
        },
        'stg_shopify__consents': {
            'base': 'base_shopify__customers', 'record_suffixes': ['/email', '/sms'],
            'record_id': '_record_key', 'observed_at': 'exported_at',
            'identifiers': {
                'shopify_customer': 'customer_id',
                'email': "case when identifier_type = 'email' then identifier_value end",
                'phone': "case when identifier_type = 'phone' then identifier_value end",
            },
            'events': {'event_name': consent_event('status')},
            'consents': {
                'same': ['identifier_type', 'identifier_value', 'status'],
                'consent_channel': 'channel', 'purpose': "'marketing'", 'source': "'shopify'",
                'observed_at': 'recorded_at',
            },
        },
        'stg_shopify__products': {
            'record_id': 'product_id',
            'products': {'same': ['product_id', 'product_name', 'category', 'brand', 'price', 'cost']},
        },
    }) %}
{% endmacro %}
