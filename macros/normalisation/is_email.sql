{#- ASCII only, as mail systems send it: lower() then means the same on every engine. -#}
{%- macro is_email(column) -%}
    {%- set atom = "[A-Za-z0-9!#$%&''*+/=?^_`{|}~-]+" -%}
    (
        length({{ column }}) <= 254
        and {{ adapter.dispatch('matches')(
            column,
            '^' ~ atom ~ '([.]' ~ atom ~ ')*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?[.])+[A-Za-z]{2,63}$'
        ) }}
    )
{%- endmacro -%}
