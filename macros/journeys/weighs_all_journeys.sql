{#
    Whether an attribution model uses the channel removal effects. These depend on the journeys of all profiles, so all
    credits of the model are recomputed when an effect changes. If you override `attribution_weight` with such a model,
    override this macro too.
#}
{% macro weighs_all_journeys(attribution_model) %}
    {{ return(adapter.dispatch('weighs_all_journeys', 'customer_data_platform')(attribution_model)) }}
{% endmacro %}

{% macro default__weighs_all_journeys(attribution_model) -%}
    {{ attribution_model }} = 'markov_removal'
{%- endmacro %}
