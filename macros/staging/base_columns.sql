{#- Columns that the base model's YAML declares, but for the status that is being worked out. The
    node of a unit test has none: there every column will do, and the caller selects `*`. -#}
{%- macro base_columns() -%}
    {%- for column in model.columns.values() if column.data_type == 'double precision' -%}
        {{- exceptions.raise_compiler_error(
            'Column ' ~ column.name ~ ' of ' ~ model.name ~ ' is a double precision, whose text'
            ~ ' differs by engine and with it the winner among duplicates: keep it as numeric'
            ~ ' in the base model and cast it in the staging model.'
        ) -}}
    {%- endfor -%}
    {{- return(model.columns.keys() | reject('equalto', '_row_status') | list) -}}
{%- endmacro -%}

{#- The same as select items of the declared types. PostgreSQL's `case` forgets the precision of a
    numeric, and an incremental run would then refuse the column. -#}
{%- macro base_select_items() -%}
    {%- for name in base_columns() %}
        cast({{ name }} as {{ model.columns[name].data_type }}) as {{ name }}{{ ',' if not loop.last }}
    {%- else %} *
    {%- endfor -%}
{%- endmacro -%}
