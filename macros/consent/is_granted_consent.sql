{# What is not plainly a grant permits nothing. #}
{% macro is_granted_consent(status) %}
    {{ return(adapter.dispatch('is_granted_consent', 'customer_data_platform')(status)) }}
{% endmacro %}

{% macro default__is_granted_consent(status) %}
    (coalesce({{ status }}, '') = 'granted')
{%- endmacro %}
