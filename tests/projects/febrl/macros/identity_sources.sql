{# Each record has an identifier of its own. With matching on, that is all it has: the keys and the
   number are for the deterministic path. #}
{% macro identity_sources() %}
    {% set record = {
        'model': 'stg_febrl__records', 'record_id': 'record_id', 'observed_at': 'observed_at',
        'identifiers': {'record': 'record_id'},
    } %}
    {% if probabilistic_matching() %}
        {% do return([record, {
            'model': 'stg_matching__pairs', 'record_id': 'record_id', 'observed_at': 'observed_at',
            'identifiers': {
                'record': "case when matched_type = 'record' then matched_value end",
                'probable_match': 'probable_match',
            },
        }]) %}
    {% endif %}
    {% for key in [
        'social_security_number', 'full_name_birth_date', 'surname_birth_date_postcode',
        'given_name_birth_date_postcode', 'full_name_street',
    ] %}
        {% do record.identifiers.update({key: key}) %}
    {% endfor %}
    {% do return([record]) %}
{% endmacro %}
