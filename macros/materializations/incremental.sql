{#
    Incremental models on DuckDB. The result of the query is written to a temporary table; the model's strategy then
    changes the stored rows in one transaction. dbt-duckdb would run the query once more to check the contract; here the
    contract is checked on the temporary table, which saves a tenth of a small refresh.
#}
{% materialization incremental, adapter='duckdb' %}
    {% set existing_relation = load_cached_relation(this) %}
    {% set target_relation = this.incorporate(type='table') %}
    {% if existing_relation is none or existing_relation.is_view or should_full_refresh() %}
        {{ return(rewrite_relation(target_relation)) }}
    {% endif %}
    {% set temp_relation = make_temp_relation(target_relation) %}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {# Before the transaction begins, as in dbt-duckdb, since the query may take long. #}
    {% call statement('gather', auto_begin=False) %}
        {{ config.get('sql_header', '') }}
        create temporary table {{ temp_relation }} as (
            {{ sql }}
        )
    {% endcall %}
    {% if config.get('contract').enforced %}
        {% do get_assert_columns_equivalent('select * from ' ~ temp_relation) %}
    {% endif %}
    {% set columns = incremental_columns(temp_relation, existing_relation) %}
    {% set strategy = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') %}
    {% call statement('main') %}
        {{ strategy({
            'target_relation': target_relation,
            'temp_relation': temp_relation,
            'unique_key': config.get('unique_key'),
            'dest_columns': columns,
            'incremental_predicates': config.get('incremental_predicates'),
        }) }}
    {% endcall %}

    {{ return(finish_model(target_relation)) }}
{% endmaterialization %}

{# Columns to write, after `on_schema_change` was applied if the columns of query and table differ. #}
{% macro incremental_columns(temp_relation, existing_relation) %}
    {% set written = get_columns_in_relation(temp_relation) %}
    {% set held = get_columns_in_relation(existing_relation) %}
    {% if diff_columns(written, held) or diff_columns(held, written) or diff_column_data_types(written, held) %}
        {% set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), 'ignore') %}
        {% set written = process_schema_changes(on_schema_change, temp_relation, existing_relation) or held %}
    {% endif %}
    {% do return(written) %}
{% endmacro %}
