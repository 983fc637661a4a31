{#
    Every staged source that identifies people: one entry per model, with the SQL expression of each identifier.
    A record belongs to the profile of its first identifier that is neither shared nor blocked, in this order. A
    record with attributes alone has no profile: attributes count for limits and link nothing.
    To add a channel, add its entry here; a test fails if a staging model with identifiers has none.
#}
{% macro identity_sources() %}
    {% do return([
        {
            'model': 'stg_web__events', 'record_id': 'event_id', 'observed_at': 'occurred_at',
            'identifiers': {
                'account': 'account_id', 'email': 'email_identifier', 'phone': 'phone',
                'order': 'order_id', 'cookie': 'anonymous_id', 'click': 'click_id',
                'visit': device_window('anonymous_id', 'occurred_at'),
            },
        },
        {
            'model': 'stg_app__events', 'record_id': 'event_id', 'observed_at': 'occurred_at',
            'identifiers': {
                'account': 'account_id', 'order': 'order_id', 'push_token': 'push_token',
                'device': 'device_id', 'visit': device_window('device_id', 'occurred_at'),
            },
        },
        {
            'model': 'stg_email__events', 'record_id': 'event_id', 'observed_at': 'occurred_at',
            'identifiers': {'email': 'email_identifier'},
        },
        {
            'model': 'stg_crm__contacts', 'record_id': 'contact_version_id',
            'observed_at': 'updated_at',
            'identifiers': {
                'crm_contact': 'contact_id', 'account': 'account_id',
                'loyalty_card': 'loyalty_number', 'email': 'email_identifier', 'phone': 'phone',
                'birth_date': 'cast(birth_date as text)',
                'given_initial': identity_initial('first_name'),
            },
        },
        {
            'model': 'stg_pos__receipts', 'record_id': 'receipt_id', 'observed_at': 'purchased_at',
            'identifiers': {
                'loyalty_card': 'loyalty_number', 'email': 'email_identifier',
                'payment_card': 'card_token',
            },
        },
        {
            'model': 'stg_loyalty__members', 'record_id': 'member_version_id',
            'observed_at': 'updated_at',
            'identifiers': {
                'loyalty_card': 'loyalty_number', 'email': 'email_identifier', 'phone': 'phone',
                'birth_date': 'cast(birth_date as text)',
                'given_initial': identity_initial('first_name'),
            },
        },
        {
            'model': 'stg_support__tickets', 'record_id': 'ticket_version_id',
            'observed_at': 'updated_at',
            'identifiers': {
                'email': 'email_identifier', 'phone': 'phone', 'order': 'order_id',
                'given_initial': identity_initial(full_name='requester_name'),
            },
        },
        {
            'model': 'stg_ads__clicks', 'record_id': 'click_id', 'observed_at': 'clicked_at',
            'identifiers': {'click': 'click_id'},
        },
        {
            'model': 'stg_social__messages', 'record_id': 'message_id', 'observed_at': 'sent_at',
            'identifiers': {
                'email': 'email_identifier', 'social_handle': "network || ':' || handle",
            },
        },
        {
            'model': 'stg_consent__records', 'record_id': 'consent_id',
            'observed_at': 'recorded_at',
            'identifiers': {
                'email': "case when identifier_type = 'email' then identifier_value end",
                'phone': "case when identifier_type = 'phone' then identifier_value end",
                'device': "case when identifier_type = 'device' then identifier_value end",
            },
        },
        {
            'model': 'stg_matching__pairs', 'record_id': 'record_id', 'observed_at': 'observed_at',
            'identifiers': {
                'crm_contact': "case when matched_type = 'crm_contact' then matched_value end",
                'loyalty_card': "case when matched_type = 'loyalty_card' then matched_value end",
                'probable_match': 'probable_match',
            },
        },
    ]) %}
{% endmacro %}
