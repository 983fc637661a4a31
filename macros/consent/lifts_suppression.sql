{#
    By default, marketing consent lifts an unsubscribe and a consent record that cannot be read, and any consent lifts an erasure, since the
    person asks to be known again. Nothing lifts a complaint or a bounce.
#}
{% macro lifts_suppression(reason, purpose) %}
    {{ return(adapter.dispatch('lifts_suppression', 'customer_data_platform')(reason, purpose)) }}
{% endmacro %}

{% macro default__lifts_suppression(reason, purpose) %}
    (
        {{ reason }} = 'erased'
        or ({{ reason }} in ('unsubscribed', 'unreadable_consent') and {{ purpose }} = 'marketing')
    )
{%- endmacro %}
