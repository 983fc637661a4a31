{# Columns of a contact record with their types. #}
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
