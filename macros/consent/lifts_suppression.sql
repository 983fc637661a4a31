{#
    Whether a later grant for a purpose ends a suppression. By default marketing consent ends an
    unsubscription, any consent an erasure (whoever comes back asks to be known again), and nothing
    ends a complaint or a dead mailbox.
#}
{% macro lifts_suppression(reason, purpose) %}
    {{ return(adapter.dispatch('lifts_suppression', 'customer_data_platform')(reason, purpose)) }}
{% endmacro %}

{% macro default__lifts_suppression(reason, purpose) %}
    (
        {{ reason }} = 'erased'
        or ({{ reason }} = 'unsubscribed' and {{ purpose }} = 'marketing')
    )
{%- endmacro %}
