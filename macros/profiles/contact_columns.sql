{# What a source can tell of how to reach and address a person: column → type. #}
{% macro contact_columns() %}
    {% do return({
        'email': 'text',
        'email_identifier': 'text',
        'phone': 'text',
        'first_name': 'text',
        'last_name': 'text',
        'birth_date': 'date',
        'address_line': 'text',
        'postcode': 'text',
        'city': 'text',
        'country': 'text',
        'preferred_language': 'text',
    }) %}
{% endmacro %}
