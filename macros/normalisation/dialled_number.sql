{#- Example: '+49 (0) 171-234 56 78 ext. 9' becomes +491712345678. A value with letters is not a
    number. -#}
{%- macro dialled_number(column) -%}
    {%- set superfluous = '^tel:|[ ]*(;?ext[.=]?|x|#)[ ]*[0-9]{1,6}$|[(]0[)]' -%}
    {%- set lower_case = 'lower(' ~ trimmed(column) ~ ')' -%}
    {%- set number = "regexp_replace(" ~ lower_case ~ ", '" ~ superfluous ~ "', '', 'g')" -%}
    {%- set bare = "regexp_replace(" ~ number ~ ", '[^0-9a-z+]', '', 'g')" -%}
    case when {{ matches(bare, '^[+]?[0-9]{4,17}$') }} then {{ bare }} end
{%- endmacro -%}
