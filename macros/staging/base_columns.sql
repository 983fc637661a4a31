{#- Status and batch are left out because they are computed last. -#}
{%- macro base_columns() -%}
    {%- for column in model.columns.values() if column.data_type == 'double precision' -%}
        {{- exceptions.raise_compiler_error(
            'Column ' ~ column.name ~ ' of ' ~ model.name ~ ' is a double precision, whose text'
            ~ ' differs by engine and with it the winner among duplicates: keep it as numeric'
            ~ ' in the base model and cast it in the staging model.'
        ) -}}
    {%- endfor -%}
    {%- set names = (model.columns or expected_columns()) -%}
    {{- return(names.keys() | reject('in', ['_row_status', '_staged_batch']) | list) -}}
{%- endmacro -%}
