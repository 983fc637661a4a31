{# Shopify: the tables that Fivetran keeps in the warehouse, of its present schema and of the one before. #}
{% macro connector_shopify_fivetran() %}
    {% set schema = 'shopify_fivetran' %}
    {% set base = 'base_shopify_fivetran__' %}
    {% do return({
        'stg_shopify_fivetran__orders': {
            'base': base ~ 'order', 'table': {'source': schema, 'name': 'order', 'deleted': '_fivetran_deleted'},
            'record_id': '_record_key', 'observed_at': 'ordered_at',
            'identifiers': {
                'shopify_customer': 'customer_id', 'order': 'order_id', 'email': 'email_identifier', 'phone': 'phone',
            },
            'orders': {'same': ['order_id', 'status', 'currency'], 'amount': 'total_amount'},
            'contacts': {
                'where': 'email is not null or phone is not null or last_name is not null',
                'same': [
                    'email', 'email_identifier', 'phone', 'first_name', 'last_name', 'address_line', 'postcode',
                    'city', 'country',
                ],
            },
            'trust': {'email': 24, 'phone': 24, 'name': 24, 'address': 24},
        },
        'stg_shopify_fivetran__discounts': {
            'base': base ~ 'discount_allocation', 'table': {'source': schema, 'name': 'discount_allocation'},
            'record_id': 'discount_allocation_id',
        },
        'stg_shopify_fivetran__order_lines': {
            'base': base ~ 'order_line', 'table': {'source': schema, 'name': 'order_line'},
            'joined': {base ~ 'discount_allocation': 'cast(order_line_id as text)'},
            'record_id': '_record_key',
            'order_lines': {
                'same': ['order_id', 'product_id', 'quantity', 'unit_price', 'discount_amount'],
                'line_number': 'order_line_id',
            },
        },
        'stg_shopify_fivetran__transactions': {
            'base': base ~ 'transaction', 'table': {'source': schema, 'name': 'transaction'},
            'record_id': 'transaction_id',
        },
        'stg_shopify_fivetran__refunds': {
            'base': base ~ 'refund', 'table': {'source': schema, 'name': 'refund'},
            'joined': {base ~ 'transaction': 'refund_id'},
            'record_id': '_record_key', 'observed_at': 'refunded_at',
            'identifiers': {'order': 'order_id'},
            'returns': {'same': ['order_id', 'currency', 'amount'], 'return_id': 'refund_id'},
        },
        'stg_shopify_fivetran__refund_lines': {
            'base': base ~ 'order_line_refund',
            'table': {'source': schema, 'name': ['order_line_refund', 'refund_line_item']},
            'record_id': '_record_key',
            'order_lines': {
                'same': ['product_id', 'quantity', 'unit_price'],
                'order_id': 'refund_id', 'line_number': 'refund_line_id',
            },
        },
        'stg_shopify_fivetran__addresses': {
            'base': base ~ 'customer_address', 'table': {'source': schema, 'name': 'customer_address'},
            'record_id': 'address_id',
        },
        'stg_shopify_fivetran__customers': {
            'base': base ~ 'customer', 'table': {'source': schema, 'name': 'customer', 'deleted': '_fivetran_deleted'},
            'joined': {base ~ 'customer_address': 'customer_id'},
            'record_id': '_record_key', 'observed_at': 'updated_at',
            'identifiers': {'shopify_customer': 'customer_id', 'email': 'email_identifier', 'phone': 'phone'},
            'events': {'event_name': "'contact_updated'"},
            'contacts': {
                'where': 'email is not null or phone is not null or last_name is not null',
                'same': [
                    'email', 'email_identifier', 'phone', 'first_name', 'last_name', 'address_line', 'postcode',
                    'city', 'country',
                ],
            },
            'trust': {'email': 22, 'phone': 22, 'name': 22, 'address': 22},
        },
        'stg_shopify_fivetran__consents': {
            'base': base ~ 'customer', 'table': {'source': schema, 'name': 'customer', 'deleted': '_fivetran_deleted'},
            'record_suffixes': ['/email', '/sms'],
            'record_id': '_record_key', 'observed_at': 'observed_at',
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
        'stg_shopify_fivetran__products': {
            'base': base ~ 'product', 'table': {'source': schema, 'name': 'product', 'deleted': '_fivetran_deleted'},
            'record_id': 'shopify_product_id',
        },
        'stg_shopify_fivetran__variants': {
            'base': base ~ 'product_variant', 'table': {'source': schema, 'name': 'product_variant'},
            'record_id': 'product_id',
            'products': {'same': ['product_id', 'product_name', 'category', 'brand', 'price']},
        },
    }) %}
{% endmacro %}
