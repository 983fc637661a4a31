{#
    Tables and views on DuckDB, written anew within one transaction: readers see either as a whole. dbt-duckdb
    would build them beside the earlier ones and swap both by three renames and as many questions to the
    catalogue, for which a refresh of so many models waits longer than for most of their rows.
#}
{% materialization table, adapter='duckdb' %}
    {{ return(rewrite_relation(this.incorporate(type='table'))) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {{ return(rewrite_relation(this.incorporate(type='view'))) }}
{% endmaterialization %}
