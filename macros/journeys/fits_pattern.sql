{#
    Whether a value matches the regular expression of a rule. A null value counts as empty text, so `^$` matches only
    missing values; a null pattern matches everything. Use only syntax that RE2 and PostgreSQL share.
#}
{% macro fits_pattern(value, pattern) %}
    (coalesce({{ pattern }}, '') = '' or {{ value_matches("coalesce(" ~ value ~ ", '')", pattern) }})
{%- endmacro %}
