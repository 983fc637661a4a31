{#-
    Strategy of the marts: replaces the rows of changed entities, or all rows in a full build. A list of changed keys
    has no entity: keys older than the retention period are deleted and new ones are added. A model with a `unique_key`
    returns its changed rows itself; those that do not satisfy its setting `kept_when` are only deleted.
-#}
{%- macro get_incremental_replace_changed_sql(arguments) -%}
    {%- set batch, key = processed_batch(), arguments.unique_key -%}
    {%- if batch is none -%}
        {{ replace_rows(arguments, none, config.meta_get('kept_when')) }}
    {%- elif key -%}
        {{ replace_rows(
            arguments,
            key ~ ' in (select ' ~ key ~ ' from ' ~ arguments.temp_relation ~ ')',
            config.meta_get('kept_when'),
        ) }}
    {%- elif config.meta_get('entity') -%}
        {{ replace_rows(arguments, is_changed(
            batch, config.meta_get('key'), changed_from=config.meta_get('changed_from')
        )) }}
    {%- else -%}
        {{ replace_rows(arguments, 'batch < ' ~ oldest_kept_batch()) }}
    {%- endif -%}
{%- endmacro -%}

{#-
    Replaces the rows of a table that match a condition (all rows if there is none) by the rows of a temporary table
    that match `kept_when`. An engine without transactions or without such deletes overrides this macro with a single
    merge.
-#}
{%- macro replace_rows(arguments, condition, kept_when=none) -%}
    {{- return(adapter.dispatch('replace_rows', 'customer_data_platform')(arguments, condition, kept_when)) -}}
{%- endmacro -%}

{%- macro default__replace_rows(arguments, condition, kept_when) -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    delete from {{ arguments.target_relation }}
    {%- if condition %}
    where {{ condition }}
    {%- endif %};

    insert into {{ arguments.target_relation }} ({{ columns }})
    select {{ columns }} from {{ arguments.temp_relation }}
    {%- if kept_when %}
    where {{ kept_when }}
    {%- endif %}
{%- endmacro -%}
