{#
    Tables and views on DuckDB, replaced within one transaction, so that readers see either the old or the new one.
    dbt-duckdb would build a second relation and rename both, with several catalogue queries; with this many models that
    takes longer than writing most of their rows.
#}
{% materialization table, adapter='duckdb' %}
    {{ return(rewrite_relation(this.incorporate(type='table'))) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {{ return(rewrite_relation(this.incorporate(type='view'))) }}
{% endmaterialization %}
