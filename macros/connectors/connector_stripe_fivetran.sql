{# Stripe: tables that Fivetran keeps in the warehouse. #}
{% macro connector_stripe_fivetran() %}
    {% set refunds = stripe_refunds_entry() %}
    {% do refunds.update({'base': 'base_stripe_fivetran__refund', 'table': stripe_fivetran_table('refund')}) %}
    {% set invoices = stripe_invoices_entry() %}
    {% do invoices.update({
        'base': 'base_stripe_fivetran__invoice', 'table': stripe_fivetran_table('invoice', 'is_deleted'),
    }) %}
    {% do return({
        'stg_stripe_fivetran__customers': {
            'base': 'base_stripe_fivetran__customer', 'table': stripe_fivetran_table('customer', 'is_deleted'),
            'record_id': '_record_key', 'observed_at': 'synced_at',
            'identifiers': {
                'stripe_customer': 'customer_id', 'account': 'account_id', 'email': 'email_identifier',
                'phone': 'phone',
            },
            'events': {'event_name': "'contact_updated'"},
            'contacts': {
                'same': [
                    'email', 'email_identifier', 'phone', 'first_name', 'last_name', 'address_line', 'postcode',
                    'city', 'country',
                ],
            },
            'trust': {'email': 25, 'phone': 25, 'name': 25, 'address': 25},
        },
        'stg_stripe_fivetran__charges': {
            'base': 'base_stripe_fivetran__charge', 'table': stripe_fivetran_table('charge'),
            'record_id': '_record_key', 'observed_at': 'created_at',
            'identifiers': {
                'stripe_customer': 'customer_id', 'email': 'email_identifier', 'phone': 'phone',
                'order': 'shop_order_id', 'payment': 'payment_id',
            },
            'orders': {'same': ['status', 'currency', 'amount'], 'order_id': 'payment_id'},
            'contacts': {
                'where': 'customer_id is null and (email is not null or phone is not null)',
                'same': [
                    'email', 'email_identifier', 'phone', 'first_name', 'last_name', 'address_line', 'postcode',
                    'city', 'country',
                ],
            },
            'trust': {'email': 27, 'phone': 27, 'name': 27, 'address': 27},
        },
        'stg_stripe_fivetran__refunds': refunds,
        'stg_stripe_fivetran__order_lines': {
            'base': 'base_stripe_fivetran__invoice_line_item', 'table': stripe_fivetran_table('invoice_line_item'),
            'record_id': '_record_key',
            'order_lines': {
                'same': ['order_id', 'line_number', 'product_id', 'quantity', 'unit_price', 'discount_amount'],
            },
        },
        'stg_stripe_fivetran__subscriptions': {
            'base': 'base_stripe_fivetran__subscription_history',
            'table': stripe_fivetran_table('subscription_history'),
            'record_id': '_record_key', 'observed_at': 'started_at',
            'identifiers': {'stripe_customer': 'customer_id'},
            'events': {'event_name': "'subscription_started'"},
            'subscriptions': {
                'same': ['subscription_id', 'product_id', 'monthly_amount', 'currency', 'started_at', 'ended_at'],
                'status': stripe_subscription_status('status'),
            },
        },
        'stg_stripe_fivetran__subscription_items': {
            'base': 'base_stripe_fivetran__subscription_item', 'table': stripe_fivetran_table('subscription_item'),
            'record_id': '_record_key',
        },
        'stg_stripe_fivetran__prices': {
            'base': 'base_stripe_fivetran__price', 'table': stripe_fivetran_table('price'),
            'record_id': '_record_key',
        },
        'stg_stripe_fivetran__invoices': invoices,
    }) %}
{% endmacro %}

{# Table that a model reads, for reconciliation. #}
{% macro stripe_fivetran_table(name, deleted=none) %}
    {% do return({'source': 'stripe_fivetran', 'name': name, 'deleted': deleted}) %}
{% endmacro %}
