{#- ASCII only, so that lower() gives the same result on every engine. -#}
{%- macro email_pattern() -%}
    {%- set atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+" -%}
    {{- atom ~ '([.]' ~ atom ~ ')*@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?[.])+[A-Za-z]{2,63}' -}}
{%- endmacro -%}
