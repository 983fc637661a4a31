{% macro identity_sources() %}
    {% do return([
        {
            'model': 'stg_contacts', 'record_id': 'record_id', 'observed_at': 'observed_at',
            'identifiers': {'contact': 'contact', 'card': 'card', 'email': 'email', 'phone': 'phone', 'birthday': 'birthday', 'initial': 'initial'},
        },
        {
            'model': 'stg_visits', 'record_id': 'record_id', 'observed_at': 'observed_at',
            'identifiers': {'card': 'card', 'email': 'email', 'phone': 'phone', 'cookie': 'cookie', 'initial': 'initial'},
        },
    ]) %}
{% endmacro %}
