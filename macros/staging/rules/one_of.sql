{%- macro one_of(field, values) -%}
    {{- return([
        'coalesce(' ~ field ~ ", '') not in ('" ~ values | join("', '") ~ "')",
        field ~ ' is not known'
    ]) -}}
{%- endmacro -%}
