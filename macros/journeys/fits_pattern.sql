{#
    Whether a value, null read as empty text, fits a rule's pattern. A rule without a pattern fits
    everything; `^$` fits only what is missing. Patterns keep to what RE2 and PostgreSQL share.
#}
{% macro fits_pattern(value, pattern) %}
    (coalesce({{ pattern }}, '') = '' or {{ value_matches("coalesce(" ~ value ~ ", '')", pattern) }})
{%- endmacro %}
