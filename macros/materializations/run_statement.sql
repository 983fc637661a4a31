{# Runs what returns no rows; several statements may be joined by semicolons. #}
{% macro run_statement(sql) %}
    {% call statement('run_statement', fetch_result=false, auto_begin=false) %}{{ sql }}{% endcall %}
{% endmacro %}
