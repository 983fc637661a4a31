{#- Refreshes planner statistics of a table that was just filled, on engines that have them. -#}
{%- macro gather_statistics(relation) -%}
    {{- adapter.dispatch('gather_statistics')(relation) -}}
{%- endmacro -%}

{%- macro default__gather_statistics(relation) -%}
{%- endmacro -%}

{%- macro postgres__gather_statistics(relation) -%}
    analyze {{ relation }};
{%- endmacro -%}
