{# What is not plainly a grant, or is for a channel or purpose that models do not send for, permits nothing. #}
{% macro is_granted_consent(status, channel, purpose) %}
    {{ return(adapter.dispatch('is_granted_consent', 'customer_data_platform')(
        status, channel, purpose
    )) }}
{% endmacro %}

{% macro default__is_granted_consent(status, channel, purpose) %}
    (
        coalesce({{ status }}, '') = 'granted'
        and {{ channel }} in ('{{ contact_channels() | join("', '") }}')
        and {{ purpose }} in ('{{ consent_purposes() | join("', '") }}')
    )
{%- endmacro %}
