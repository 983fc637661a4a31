{# Whether a subscription brings recurring revenue at a time: one that runs and is not in its trial. #}
{% macro has_recurring_revenue(status, started_at, ended_at, moment) -%}
    ({{ is_active_subscription(status, started_at, ended_at, moment) }} and {{ status }} <> 'trialing')
{%- endmacro %}
