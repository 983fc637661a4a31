{% macro identity_sources() %}
    {% do return([
        {
            'model': 'stg_visits', 'record_id': 'record_id', 'observed_at': 'observed_at',
            'identifiers': {'account': 'account', 'email': 'email', 'cookie': 'cookie', 'click': 'click'},
        },
        {
            'model': 'stg_sightings', 'record_id': 'record_id', 'observed_at': 'observed_at',
            'identifiers': {'account': 'account', 'device': 'device'},
        },
        {
            'model': 'stg_contacts', 'record_id': 'record_id', 'observed_at': 'observed_at',
            'identifiers': {
                'account': 'account', 'loyalty_card': 'loyalty_card', 'email': 'email', 'phone': 'phone',
            },
        },
        {
            'model': 'stg_orders', 'record_id': 'record_id', 'observed_at': 'observed_at',
            'identifiers': {'order': 'order_number', 'click': 'click'},
        },
    ]) %}
{% endmacro %}
