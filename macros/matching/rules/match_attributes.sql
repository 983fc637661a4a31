{% macro match_attributes() %}
    {% do return([
        'first_name', 'last_name', 'birth_date', 'street', 'street_number', 'address_extra', 'city',
        'postcode', 'region', 'phone', 'email',
    ]) %}
{% endmacro %}
