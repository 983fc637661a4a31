{#- Settings of a model that is built again for the profiles whose records changed. -#}
{%- macro by_profile() -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='by_profile',
        on_schema_change='append_new_columns',
        indexes=index_columns(['profile_id']),
    ) }}
{%- endmacro -%}

{#- The same for the visitors whose events changed. -#}
{%- macro by_visitor() -%}
    {{ config(
        materialized='incremental',
        incremental_strategy='by_visitor',
        on_schema_change='append_new_columns',
        indexes=index_columns(['visitor_id']),
    ) }}
{%- endmacro -%}

{%- macro get_incremental_by_profile_sql(arguments) -%}
    {{ replace_changed(arguments, is_changed_profile('profile_id', changes_since()) if changes_since() is not none) }}
{%- endmacro -%}

{%- macro get_incremental_by_visitor_sql(arguments) -%}
    {{ replace_changed(arguments, is_changed_visitor('channel', 'visitor_id', changes_since()) if changes_since() is not none) }}
{%- endmacro -%}

{#- Takes away the rows of a condition, or all where there is none, and writes those of the query. -#}
{%- macro replace_changed(arguments, condition) -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    delete from {{ arguments.target_relation }}
    {%- if condition %}
    where {{ condition }}
    {%- endif %};

    insert into {{ arguments.target_relation }} ({{ columns }})
    select {{ columns }}
    from {{ arguments.temp_relation }}
{%- endmacro -%}
