{#- Hook after every model: what an incremental run adds is for the engine's own upkeep to count. -#}
{%- macro gather_statistics_of_model() -%}
    {%- if model.config.materialized not in ['view', 'identity_graph'] and not is_incremental() -%}
        {{- gather_statistics(this) -}}
    {%- endif -%}
{%- endmacro -%}
