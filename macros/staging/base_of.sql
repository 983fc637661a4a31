{%- macro base_of(model_name) -%}
    {{- return(ref(base_name(model_name))) -}}
{%- endmacro -%}
