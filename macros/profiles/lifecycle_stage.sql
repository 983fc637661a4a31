{#
    Stage of the customer lifecycle: anonymous, lead, new, active, at_risk, lapsed or won_back.
    A won-back customer had lapsed before the last order and is active again. `previous_ordered_at`
    is the time of the order before the last one.
#}
{% macro lifecycle_stage(is_known, first_ordered_at, previous_ordered_at, last_ordered_at, now) %}
    {{ return(adapter.dispatch('lifecycle_stage', 'customer_data_platform')(
        is_known, first_ordered_at, previous_ordered_at, last_ordered_at, now
    )) }}
{% endmacro %}

{% macro default__lifecycle_stage(
    is_known, first_ordered_at, previous_ordered_at, last_ordered_at, now
) %}
    case
        when {{ last_ordered_at }} is null and {{ is_known }} then 'lead'
        when {{ last_ordered_at }} is null then 'anonymous'
        when
            {{ last_ordered_at }} <= {{ now }} - interval '{{ var("lapsed_after_days") }} days'
            then 'lapsed'
        when
            {{ last_ordered_at }} <= {{ now }} - interval '{{ var("at_risk_after_days") }} days'
            then 'at_risk'
        when
            {{ first_ordered_at }} > {{ now }} - interval '{{ var("new_customer_days") }} days'
            then 'new'
        when
            {{ previous_ordered_at }}
            <= {{ last_ordered_at }} - interval '{{ var("lapsed_after_days") }} days'
            then 'won_back'
        else 'active'
    end
{%- endmacro %}
