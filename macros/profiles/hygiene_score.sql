{# Score of a record from 100, faultless, to 0: what its issues cost by seed `hygiene_issues`. #}
{% macro hygiene_score(penalty_points) %}
    {{ return(adapter.dispatch('hygiene_score', 'customer_data_platform')(penalty_points)) }}
{% endmacro %}

{% macro default__hygiene_score(penalty_points) %}
    cast(greatest(0, 100 - coalesce({{ penalty_points }}, 0)) as bigint)
{%- endmacro %}
