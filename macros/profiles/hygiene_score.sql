{# Hygiene score of a CRM record: 100 minus the penalty points of its issues (seed `hygiene_issues`), at least 0. #}
{% macro hygiene_score(penalty_points) %}
    {{ return(adapter.dispatch('hygiene_score', 'customer_data_platform')(penalty_points)) }}
{% endmacro %}

{% macro default__hygiene_score(penalty_points) %}
    cast(greatest(0, 100 - coalesce({{ penalty_points }}, 0)) as bigint)
{%- endmacro %}
