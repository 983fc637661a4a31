{# Weight of an interest signal before time decay; a return cancels a purchase. #}
{% macro affinity_weight(signal) %}
    {{ return(adapter.dispatch('affinity_weight', 'customer_data_platform')(signal)) }}
{% endmacro %}

{% macro default__affinity_weight(signal) %}
    case {{ signal }}
        when 'purchased' then 5
        when 'returned' then -5
        when 'added' then 3
        else 1
    end
{%- endmacro %}
