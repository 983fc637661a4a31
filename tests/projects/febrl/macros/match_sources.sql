{# The attributes of FEBRL, without the number. #}
{% macro match_sources() %}
    {% do return([{
        'model': 'stg_febrl__people', 'record_id': 'record_id', 'observed_at': 'observed_at',
        'is_current': 'true', 'identifier_type': 'record', 'identifier_value': 'record_id',
        'attributes': {
            'first_name': 'given_name', 'last_name': 'surname', 'birth_date': 'date_of_birth',
            'street': 'address_1', 'street_number': 'street_number', 'address_extra': 'address_2',
            'city': 'suburb', 'postcode': 'postcode', 'region': 'state',
        },
    }]) %}
{% endmacro %}
