{# Customer service: tickets, with the address that the person wrote from. #}
{% macro connector_support() %}
    {% do return({
        'stg_support__tickets': {
            'record_id': 'ticket_version_id', 'observed_at': 'updated_at',
            'identifiers': {
                'email': 'email_identifier', 'phone': 'phone', 'order': 'order_id',
                'given_initial': identity_initial(full_name='requester_name'),
            },
            'events': {
                'event_name': "case when updated_at <= created_at then 'ticket_opened' else 'ticket_updated' end",
                'same': ['order_id'],
            },
            'contacts': {
                'where': 'email is not null or phone is not null',
                'same': ['email', 'email_identifier', 'phone'],
            },
            'known_values': {'source': ['email', 'phone', 'chat']},
            'trust': {'email': 40, 'phone': 40},
        },
    }) %}
{% endmacro %}
