{# Email provider: what happened to each email. Only an opened email proves that somebody reads mail at the address. #}
{% macro connector_email() %}
    {% do return({
        'stg_email__events': {
            'record_id': 'event_id', 'observed_at': 'occurred_at',
            'identifiers': {'email': 'email_identifier'},
            'events': {'same': ['event_name', 'campaign_id', 'campaign_name'], 'campaign_medium': "'email'"},
            'messages': {'same': ['email_identifier', 'event_name', 'bounce_type']},
            'contacts': {
                'where': "event_name in ('email_opened', 'email_clicked') and email is not null",
                'grouped': true,
                'same': ['email', 'email_identifier'],
            },
            'trust': {'email': 60},
        },
    }) %}
{% endmacro %}
