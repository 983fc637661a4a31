{#- ASCII only, as mail systems send it: lower() then means the same on every engine. -#}
{%- macro email_pattern() -%}
    {%- set atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+" -%}
    {{- atom ~ '([.]' ~ atom ~ ')*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?[.])+[A-Za-z]{2,63}' -}}
{%- endmacro -%}
