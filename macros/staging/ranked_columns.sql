{#- The columns of base_columns. In a unit test that does not expect it, also the column that orders
    copies. -#}
{%- macro ranked_columns(newest_first) -%}
    {%- set names = base_columns() -%}
    {%- if newest_first and newest_first not in names -%}
        {%- if model.columns -%}
            {{- exceptions.raise_compiler_error(
                model.name ~ ' ranks by ' ~ newest_first ~ ', which its YAML does not declare.'
            ) -}}
        {%- endif -%}
        {%- do names.append(newest_first) -%}
    {%- endif -%}
    {{- return(names) -}}
{%- endmacro -%}
