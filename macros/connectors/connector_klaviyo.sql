{# Klaviyo: CSV exports of profiles, and events read from its API as JSON lines. #}
{% macro connector_klaviyo() %}
    {% do return(klaviyo_entries('klaviyo', 'base_klaviyo__profiles', 'base_klaviyo__events')) %}
{% endmacro %}

{# Entries of the models that every connector of Klaviyo has. #}
{% macro klaviyo_entries(connector, profiles, events) %}
    {% do return({
        'stg_' ~ connector ~ '__profiles': {
            'base': profiles, 'record_id': '_record_key', 'observed_at': 'exported_at',
            'identifiers': {'klaviyo_profile': 'profile_id', 'email': 'email_identifier', 'phone': 'phone'},
            'events': {'event_name': "'contact_updated'"},
            'contacts': {
                'same': [
                    'email', 'email_identifier', 'phone', 'first_name', 'last_name', 'address_line', 'postcode', 'city',
                    'country',
                ],
            },
            'messages': {
                'where': 'suppression_event is not null and email_identifier is not null',
                'same': ['email_identifier'], 'event_name': 'suppression_event',
                'bounce_type': "case when suppression_event = 'email_bounced' then 'hard' end",
                'observed_at': 'suppressed_at',
            },
            'trust': {'email': 26, 'phone': 26, 'name': 26, 'address': 26},
        },
        'stg_' ~ connector ~ '__consents': {
            'base': profiles, 'record_suffixes': ['/email', '/sms'],
            'record_id': '_record_key', 'observed_at': 'answered_at',
            'identifiers': {
                'klaviyo_profile': 'profile_id',
                'email': "case when identifier_type = 'email' then identifier_value end",
                'phone': "case when identifier_type = 'phone' then identifier_value end",
            },
            'events': {'event_name': consent_event('status')},
            'consents': {
                'same': ['identifier_type', 'identifier_value', 'status'],
                'consent_channel': 'channel', 'purpose': "'marketing'", 'source': "'klaviyo'",
                'observed_at': 'recorded_at',
            },
        },
        'stg_' ~ connector ~ '__events': {
            'base': events, 'record_id': '_record_key', 'observed_at': 'occurred_at',
            'identifiers': {'klaviyo_profile': 'profile_id'},
            'events': {
                'same': [
                    'event_name', 'product_id', 'campaign_id', 'order_id', 'page_path', 'campaign_name', 'currency',
                    'properties', 'quantity', 'amount',
                ],
                'campaign_medium': "case when event_name like 'email~_%' escape '~' then 'email' end",
            },
            'messages': {
                'where': "event_name like 'email~_%' escape '~' and email_identifier is not null",
                'same': ['email_identifier', 'event_name', 'bounce_type'],
            },
            'consents': {
                'where': "withdrawn_channel is not null and withdrawn_identifier is not null",
                'identifier_type': "case when withdrawn_channel = 'sms' then 'phone' else 'email' end",
                'identifier_value': 'withdrawn_identifier', 'consent_channel': 'withdrawn_channel',
                'purpose': "'marketing'", 'status': "'withdrawn'", 'source': "'klaviyo'",
            },
        },
        'stg_' ~ connector ~ '__orders': {
            'base': events, 'record_id': '_record_key', 'observed_at': 'ordered_at',
            'identifiers': {'klaviyo_profile': 'profile_id', 'order': 'order_id'},
            'orders': {'same': ['order_id', 'status', 'currency', 'amount']},
        },
        'stg_' ~ connector ~ '__refunds': {
            'base': events, 'record_id': '_record_key', 'observed_at': 'refunded_at',
            'identifiers': {'klaviyo_profile': 'profile_id', 'order': 'order_id'},
            'returns': {'same': ['return_id', 'order_id', 'currency', 'amount']},
        },
        'stg_' ~ connector ~ '__order_lines': {
            'base': events, 'record_id': 'order_line_id',
            'order_lines': {
                'same': ['order_id', 'line_number', 'product_id', 'quantity', 'unit_price', 'discount_amount'],
            },
        },
    }) %}
{% endmacro %}
