{#
    Whether an attribution model weighs a touch by the effects of channels, which follow the journeys of everybody: all of
    its credits are computed again where an effect moved. An override of `attribution_weight` that adds such a model says so
    here.
#}
{% macro weighs_all_journeys(attribution_model) %}
    {{ return(adapter.dispatch('weighs_all_journeys', 'customer_data_platform')(attribution_model)) }}
{% endmacro %}

{% macro default__weighs_all_journeys(attribution_model) -%}
    {{ attribution_model }} = 'markov_removal'
{%- endmacro %}
