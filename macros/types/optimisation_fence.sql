{#- PostgreSQL merges nested selects and would evaluate an expression again wherever it is used. -#}
{%- macro optimisation_fence() -%}
    {{- adapter.dispatch('optimisation_fence')() -}}
{%- endmacro -%}

{%- macro default__optimisation_fence() -%}
{%- endmacro -%}

{%- macro postgres__optimisation_fence() -%}
    offset 0
{%- endmacro -%}
