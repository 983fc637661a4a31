{# The single value that a query returns. #}
{% macro query_value(query) %}
    {% do return(run_query(query).columns[0].values()[0]) %}
{% endmacro %}

{# Whether a query returns true. #}
{% macro query_is_true(query) %}
    {% do return(query_value(query) | string | lower == 'true') %}
{% endmacro %}
