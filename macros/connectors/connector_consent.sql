{# Consent management: each grant and withdrawal. #}
{% macro connector_consent() %}
    {% do return({
        'stg_consent__records': {
            'record_id': 'consent_id', 'observed_at': 'observed_at',
            'identifiers': {
                'email': "case when identifier_type = 'email' then identifier_value end",
                'phone': "case when identifier_type = 'phone' then identifier_value end",
                'device': "case when identifier_type = 'device' then identifier_value end",
            },
            'events': {'where': 'recorded_at is not null', 'event_name': consent_event('status')},
            'consents': {
                'same': ['identifier_type', 'identifier_value', 'purpose', 'status', 'source', 'proof'],
                'consent_channel': 'channel', 'observed_at': 'recorded_at',
            },
        },
    }) %}
{% endmacro %}

{# Event of a consent; what is not plainly granted counts as withdrawn. #}
{% macro consent_event(status) %}
    {%- do return("case when " ~ status ~ " = 'granted' then 'consent_granted' else 'consent_withdrawn' end") -%}
{% endmacro %}
