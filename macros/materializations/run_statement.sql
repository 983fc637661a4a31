{# Runs SQL that returns no rows: one statement, or several separated by semicolons. #}
{% macro run_statement(sql) %}
    {% call statement('run_statement', fetch_result=false, auto_begin=false) %}{{ sql }}{% endcall %}
{% endmacro %}
