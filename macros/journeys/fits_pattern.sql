{#
    Whether a value, null read as empty text, fits a rule's pattern. A rule without a pattern fits
    everything; `^$` fits only what is missing. Patterns keep to what RE2 and PostgreSQL share.
#}
{% macro fits_pattern(value, pattern) %}
    (coalesce({{ pattern }}, '') = '' or {{ value_matches("coalesce(" ~ value ~ ", '')", pattern) }})
{%- endmacro %}

{% macro value_matches(value, pattern) %}
    {{ return(adapter.dispatch('value_matches', 'customer_data_platform')(value, pattern)) }}
{% endmacro %}

{% macro default__value_matches(value, pattern) %}
    regexp_like({{ value }}, {{ pattern }})
{%- endmacro %}

{% macro duckdb__value_matches(value, pattern) %}
    regexp_matches({{ value }}, {{ pattern }})
{%- endmacro %}

{% macro postgres__value_matches(value, pattern) %}
    {{ value }} ~ {{ pattern }}
{%- endmacro %}
