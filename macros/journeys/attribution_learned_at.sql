{#- Time (UTC) by which a journey must have ended to be used for computing channel removal effects. -#}
{%- macro attribution_learned_at() -%}
    {%- set period = var('attribution_learning_period') -%}
    {%- if period not in ['day', 'week', 'month'] -%}
        {{ exceptions.raise_compiler_error(
            "attribution_learning_period must be day, week or month; it is '" ~ period ~ "'"
        ) }}
    {%- endif -%}
    date_trunc('{{ period }}', {{ as_of() }})
{%- endmacro -%}
