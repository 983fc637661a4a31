{# Channels that a person can be reached on. Who is erased is suppressed on each of them. #}
{% macro contact_channels() %}
    {{ return(['email', 'push', 'sms', 'ads']) }}
{% endmacro %}
