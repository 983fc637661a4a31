{% macro interest_strength(abandoned_stage) %}
    {{ return(adapter.dispatch('interest_strength', 'customer_data_platform')(abandoned_stage)) }}
{% endmacro %}

{% macro default__interest_strength(abandoned_stage) %}
    case {{ abandoned_stage }} when 'checkout' then 3 when 'basket' then 2 else 1 end
{%- endmacro %}
