{#
    Input contracts: what a connector can bring, with the type of each column. Names that end in `!` are required.
    Every contract also has `source_model`, `record_id`, `channel`, `observed_at` and `_staged_batch`. The columns are
    described at the models that unite the contracts, models/staging/_inputs__models.yml.
#}
{% macro input_contracts() %}
    {% do return({
        'events': {
            'event_name!': 'text', 'visitor_id': 'text', 'product_id': 'text', 'campaign_id': 'text',
            'store_id': 'text', 'order_id': 'text', 'click_id': 'text', 'page_path': 'text', 'referrer': 'text',
            'campaign_source': 'text', 'campaign_medium': 'text', 'campaign_name': 'text', 'currency': 'text',
            'properties': 'text', 'quantity': 'bigint', 'amount': 'numeric(18, 2)',
        },
        'contacts': {
            'email': 'text', 'email_identifier': 'text', 'phone': 'text', 'first_name': 'text', 'last_name': 'text',
            'birth_date': 'date', 'address_line': 'text', 'postcode': 'text', 'city': 'text', 'country': 'text',
            'preferred_language': 'text',
        },
        'crm_contacts': {
            'contact_id!': 'text', 'email': 'text', 'email_identifier': 'text', 'phone': 'text', 'first_name': 'text',
            'last_name': 'text', 'address_line': 'text', 'postcode': 'text', 'city': 'text', 'country': 'text',
            'is_deleted': 'boolean', 'is_unreadable_email': 'boolean', 'is_unreadable_phone': 'boolean',
        },
        'memberships': {
            'loyalty_number!': 'text', 'tier': 'text', 'points_balance': 'bigint', 'home_store_id': 'text',
            'joined_date': 'date',
        },
        'loyalty_cards': {'loyalty_number!': 'text'},
        'orders': {
            'order_id!': 'text', 'status!': 'text', 'currency': 'text', 'amount': 'numeric(18, 2)', 'store_id': 'text',
            'visitor_id': 'text',
        },
        'returns': {
            'return_id!': 'text', 'order_id': 'text', 'currency': 'text', 'amount': 'numeric(18, 2)',
            'store_id': 'text',
        },
        'order_lines': {
            'order_id!': 'text', 'line_number!': 'bigint', 'product_id': 'text', 'quantity': 'bigint',
            'unit_price': 'numeric(18, 2)', 'discount_amount': 'numeric(18, 2)',
        },
        'products': {
            'product_id!': 'text', 'product_name': 'text', 'category': 'text', 'brand': 'text',
            'price': 'numeric(18, 2)', 'cost': 'numeric(18, 2)', 'currency': 'text', 'product_url': 'text',
        },
        'stores': {
            'store_id!': 'text', 'store_name': 'text', 'city': 'text', 'latitude': 'double precision',
            'longitude': 'double precision', 'time_zone': 'text',
        },
        'consents': {
            'identifier_type!': 'text', 'identifier_value!': 'text', 'consent_channel!': 'text', 'purpose!': 'text',
            'status!': 'text', 'source': 'text', 'proof': 'text',
        },
        'messages': {
            'email_identifier!': 'text', 'event_name!': 'text', 'bounce_type': 'text',
        },
        'devices': {'device_id!': 'text', 'push_token': 'text', 'platform': 'text'},
        'companies': {
            'company_id!': 'text', 'name': 'text', 'domain': 'text', 'country': 'text', 'industry': 'text',
            'is_deleted': 'boolean',
        },
        'opportunities': {
            'opportunity_id!': 'text', 'company_id': 'text', 'name': 'text', 'stage': 'text', 'status!': 'text',
            'amount': 'numeric(18, 2)', 'currency': 'text', 'opened_at': 'timestamp', 'closed_at': 'timestamp',
            'expected_close_date': 'date', 'is_deleted': 'boolean',
        },
        'subscriptions': {
            'subscription_id!': 'text', 'company_id': 'text', 'product_id': 'text', 'status!': 'text',
            'monthly_amount': 'numeric(18, 2)', 'currency': 'text', 'started_at': 'timestamp',
            'ended_at': 'timestamp',
        },
        'invoices': {
            'invoice_id!': 'text', 'subscription_id': 'text', 'company_id': 'text', 'status!': 'text',
            'amount': 'numeric(18, 2)', 'paid_amount': 'numeric(18, 2)', 'currency': 'text', 'issued_at': 'timestamp',
            'due_at': 'timestamp',
        },
        'positions': {'latitude!': 'double precision', 'longitude!': 'double precision'},
    }) %}
{% endmacro %}

{# Columns of a contract with their types, without the marks of required ones. #}
{% macro contract_columns(contract) %}
    {% set columns = {} %}
    {% for name, type in input_contracts()[contract].items() %}
        {% do columns.update({name | replace('!', ''): type}) %}
    {% endfor %}
    {% do return(columns) %}
{% endmacro %}
