{# Stripe: CSV exports of payments, refunds, customers, subscriptions and invoices from the dashboard. #}
{% macro connector_stripe() %}
    {% do return({
        'stg_stripe__customers': {
            'record_id': '_record_key', 'observed_at': 'exported_at',
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
        'stg_stripe__payments': {
            'record_id': '_record_key', 'observed_at': 'created_at',
            'identifiers': {
                'stripe_customer': 'customer_id', 'email': 'email_identifier', 'order': 'shop_order_id',
                'payment': 'payment_id',
            },
            'orders': {'same': ['status', 'currency', 'amount'], 'order_id': 'payment_id'},
            'contacts': {'where': 'email is not null', 'same': ['email', 'email_identifier']},
            'trust': {'email': 27},
        },
        'stg_stripe__refunds': stripe_refunds_entry(),
        'stg_stripe__payment_refunds': {
            'base': 'base_stripe__payments', 'record_suffixes': ['/refund'],
            'record_id': '_record_key', 'observed_at': 'refunded_at',
            'identifiers': {
                'stripe_customer': 'customer_id', 'email': 'email_identifier', 'order': 'shop_order_id',
                'payment': 'payment_id',
            },
            'returns': {
                'where': "event_name = 'order_returned'",
                'same': ['return_id', 'currency'], 'order_id': 'payment_id', 'amount': 'refunded_amount',
            },
            'events': {
                'where': "event_name <> 'order_returned'",
                'same': ['event_name', 'currency'], 'amount': 'refunded_amount',
            },
        },
        'stg_stripe__subscriptions': {
            'record_id': '_record_key', 'observed_at': 'started_at',
            'identifiers': {'stripe_customer': 'customer_id', 'email': 'email_identifier'},
            'events': {'event_name': "'subscription_started'", 'same': ['currency'], 'amount': 'monthly_amount'},
            'subscriptions': {
                'same': ['subscription_id', 'monthly_amount', 'currency', 'started_at', 'ended_at'],
                'product_id': 'plan_id', 'status': stripe_subscription_status('status'),
            },
        },
        'stg_stripe__invoices': stripe_invoices_entry(),
    }) %}
{% endmacro %}

{# Entry of refunds. The payment identifies the person, since a refund has no customer of its own. #}
{% macro stripe_refunds_entry() %}
    {% do return({
        'record_id': '_record_key', 'observed_at': 'created_at',
        'identifiers': {'payment': 'payment_id'},
        'returns': {
            'where': "event_name = 'order_returned'",
            'same': ['currency', 'amount'], 'return_id': 'refund_id', 'order_id': 'payment_id',
        },
        'events': {'where': "event_name <> 'order_returned'", 'same': ['event_name', 'currency', 'amount']},
    }) %}
{% endmacro %}

{# Entry of invoices. #}
{% macro stripe_invoices_entry() %}
    {% do return({
        'record_id': '_record_key', 'observed_at': 'issued_at',
        'identifiers': {'stripe_customer': 'customer_id'},
        'events': {
            'event_name': "case when status = 'draft' then 'invoice_drafted' else 'invoice_issued' end",
            'same': ['currency', 'amount'],
        },
        'invoices': {
            'same': [
                'invoice_id', 'subscription_id', 'amount', 'paid_amount', 'currency', 'issued_at', 'due_at',
            ],
            'status': "coalesce(status, 'unknown')",
        },
    }) %}
{% endmacro %}

{#
    Status of a subscription in the words of the contract. A subscription that was never paid (incomplete,
    incomplete_expired) or is no longer collected (unpaid) keeps Stripe's word and so does not count as active.
#}
{% macro stripe_subscription_status(status) %}
    {%- do return("case when " ~ status ~ " = 'canceled' then 'ended' else coalesce(" ~ status ~ ", 'unknown') end") -%}
{% endmacro %}
