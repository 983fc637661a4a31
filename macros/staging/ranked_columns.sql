{#- What base_columns names and, in a unit test that does not expect it, the column that ranks. -#}
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
