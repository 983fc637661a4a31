{% macro contact_channels() %}
    {{ return(['email', 'push', 'sms', 'ads']) }}
{% endmacro %}
