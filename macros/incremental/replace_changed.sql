{#-
    Strategy of the marts: replaces the rows of changed entities, or all rows in a full build. A list of changed keys
    has no entity: keys older than the retention period are deleted and new ones are added.
-#}
{%- macro get_incremental_replace_changed_sql(arguments) -%}
    {%- set batch = processed_batch() -%}
    {%- if batch is none -%}
        {{ replace_rows(arguments, none) }}
    {%- elif config.meta_get('entity') -%}
        {{ replace_rows(arguments, is_changed(
            batch, config.meta_get('key'), changed_from=config.meta_get('changed_from')
        )) }}
    {%- else -%}
        {{ replace_rows(arguments, 'batch < ' ~ oldest_kept_batch()) }}
    {%- endif -%}
{%- endmacro -%}

{#-
    Replaces the rows of a table that match a condition (all rows if there is none) by the rows of a temporary table. An
    engine without transactions or without such deletes overrides this macro with a single merge.
-#}
{%- macro replace_rows(arguments, condition) -%}
    {{- return(adapter.dispatch('replace_rows', 'customer_data_platform')(arguments, condition)) -}}
{%- endmacro -%}

{%- macro default__replace_rows(arguments, condition) -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    delete from {{ arguments.target_relation }}
    {%- if condition %}
    where {{ condition }}
    {%- endif %};

    insert into {{ arguments.target_relation }} ({{ columns }})
    select {{ columns }} from {{ arguments.temp_relation }}
{%- endmacro -%}
