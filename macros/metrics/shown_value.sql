{#
    A value that an outsider wrote, as a report may show it: a column whose fields have shifted may hold an address or a
    number of a person, which is left out.
#}
{% macro shown_value(column) %}
    case
        when {{ column }} is null then '(missing)'
        when {{ matches(column, '@|[0-9]([ ()/.-]?[0-9]){5}') }} then '(withheld: may be personal data)'
        else substr({{ column }}, 1, 60)
    end
{%- endmacro %}
