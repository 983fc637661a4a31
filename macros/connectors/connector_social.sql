{# Social networks: messages to and from the company. #}
{% macro connector_social() %}
    {% do return({
        'stg_social__messages': {
            'record_id': 'message_id', 'observed_at': 'sent_at',
            'identifiers': {'email': 'email_identifier', 'social_handle': "network || ':' || handle"},
            'events': {
                'event_name': "case when direction = 'outbound' then 'reply_sent' else 'message_received' end",
            },
            'contacts': {
                'where': "email is not null and direction = 'inbound'", 'same': ['email', 'email_identifier'],
            },
            'known_values': {'direction': ['inbound', 'outbound']},
            'trust': {'email': 70},
        },
    }) %}
{% endmacro %}
