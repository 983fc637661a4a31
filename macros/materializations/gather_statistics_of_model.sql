{#- Hook after every model. Incremental runs are left to the engine's automatic statistics. -#}
{%- macro gather_statistics_of_model() -%}
    {%- if model.config.materialized not in ['view', 'identity_graph'] and not is_incremental() -%}
        {{- gather_statistics(this) -}}
    {%- endif -%}
{%- endmacro -%}
