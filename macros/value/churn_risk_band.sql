{#
    Customers with a single purchase have a band of their own, because BG/NBD assigns them no risk.
    Null without a fit.
#}
{% macro churn_risk_band(churn_risk, frequency) %}
    {{ return(adapter.dispatch('churn_risk_band', 'customer_data_platform')(
        churn_risk, frequency
    )) }}
{% endmacro %}

{% macro default__churn_risk_band(churn_risk, frequency) %}
    case
        when {{ churn_risk }} is null then null
        when {{ frequency }} = 0 then 'single_purchase'
        when {{ churn_risk }} < 0.3 then 'low'
        when {{ churn_risk }} < 0.7 then 'medium'
        else 'high'
    end
{%- endmacro %}
