{#- Rows with status `superseded` belong to removed loads: they are deleted and not inserted again.
    -#}
{%- macro get_incremental_staging_sql(arguments) -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    {{ gather_statistics(arguments.temp_relation) }}

    delete from {{ arguments.target_relation }}
    where _record_key in (select _record_key from {{ arguments.temp_relation }});

    insert into {{ arguments.target_relation }} ({{ columns }})
    select {{ columns }}
    from {{ arguments.temp_relation }}
    where _row_status <> 'superseded'
{%- endmacro -%}
