{# Purposes that models send for. A consent for any other purpose is kept and permits nothing. #}
{% macro consent_purposes() %}
    {{ return(['marketing', 'personalisation']) }}
{% endmacro %}
