{#- Sorted, since columns that landing adds later are at the end of the table. -#}
{%- macro raw_columns() -%}
    {%- set metadata = ['_load_id', '_file', '_row_number', '_loaded_at'] -%}
    {%- set names = [] -%}
    {%- if model.in_place -%}
        {%- do return(declared_columns(model.in_place)) -%}
    {%- endif -%}
    {%- if execute -%}
        {%- for column in adapter.get_columns_in_relation(raw_relation()) -%}
            {%- if column.name not in metadata -%}{%- do names.append(column.name) -%}{%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{- return(names | sort) -}}
{%- endmacro -%}
