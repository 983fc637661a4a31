{#
    Whether a history (a relation with `valid_from`) already contains versions as of `as_of()` or later. False before
    its first build.
#}
{% macro history_reaches(relation) %}
    {%- if not execute or relation is none -%}
        {%- do return(false) -%}
    {%- endif -%}
    {%- set found = run_query(
        "select count(*) from " ~ relation ~ " where valid_from >= " ~ as_of()
    ) -%}
    {%- do return(found.columns[0].values()[0] > 0) -%}
{% endmacro %}
