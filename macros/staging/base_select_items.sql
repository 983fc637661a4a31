{#- Columns of the base model in their declared types, and the one that ranks. PostgreSQL's `case`
    forgets the precision of a numeric, and an incremental run would then refuse the column. -#}
{%- macro base_select_items(newest_first) -%}
    {%- set names = base_columns() -%}
    {%- if newest_first and newest_first not in names -%}
        {%- if model.columns -%}
            {{- exceptions.raise_compiler_error(
                model.name ~ ' ranks by ' ~ newest_first ~ ', which its YAML does not declare.'
            ) -}}
        {%- endif -%}
        {%- do names.append(newest_first) -%}
    {%- endif -%}
    {%- for name in names %}
        {%- set type = (model.columns[name] or {}).data_type -%}
        {%- set value = 'cast(' ~ name ~ ' as ' ~ type ~ ')' if type else name %}
        {{ value }} as {{ name }}{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro -%}
