{%- macro base_of(model_name) -%}
    {{- return(ref(model_name | replace('stg_', 'base_', 1))) -}}
{%- endmacro -%}
