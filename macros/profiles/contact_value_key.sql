{# Attributes of the golden record. All columns of an attribute come from the same record. #}
{% macro contact_attributes() %}
    {% do return(['email', 'phone', 'name', 'birth_date', 'address', 'preferred_language']) %}
{% endmacro %}

{#
    Comparison key of an attribute of the golden record, in a relation with the columns of input contract contacts: equal
    values have equal keys; null if unknown.
#}
{% macro contact_value_key(attribute, relation) %}
    {%- if attribute == 'email' -%}
        {{ relation }}.email_identifier
    {%- elif attribute == 'name' -%}
        case
            when coalesce({{ relation }}.first_name, {{ relation }}.last_name) is not null
                then lower(coalesce({{ relation }}.first_name, '') || ' ' || coalesce({{ relation }}.last_name, ''))
        end
    {%- elif attribute == 'birth_date' -%}
        cast({{ relation }}.birth_date as text)
    {%- elif attribute == 'address' -%}
        case
            when
                coalesce(
                    {{ relation }}.address_line, {{ relation }}.postcode, {{ relation }}.city, {{ relation }}.country
                ) is not null
                then lower(
                    coalesce({{ relation }}.address_line, '') || ' ' || coalesce({{ relation }}.postcode, '') || ' '
                    || coalesce({{ relation }}.city, '') || ' ' || coalesce({{ relation }}.country, '')
                )
        end
    {%- else -%}
        {{ relation }}.{{ attribute }}
    {%- endif -%}
{% endmacro %}
