{#
    Days after the first or last order at which `lifecycle_stage` may change without a new order. If you override that
    macro with other thresholds, override this macro too.
#}
{% macro lifecycle_checkpoint_days() %}
    {{ return(adapter.dispatch('lifecycle_checkpoint_days', 'customer_data_platform')()) }}
{% endmacro %}

{% macro default__lifecycle_checkpoint_days() %}
    {% do return([
        var('new_customer_days'), var('at_risk_after_days'), var('lapsed_after_days'),
    ] | unique | list) %}
{% endmacro %}
