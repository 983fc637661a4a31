{#- Until when journeys must have ended for the effects of channels to be learned from them. -#}
{%- macro attribution_learned_at() -%}
    {%- set period = var('attribution_learning_period') -%}
    {%- if period not in ['day', 'week', 'month'] -%}
        {{ exceptions.raise_compiler_error(
            "attribution_learning_period must be day, week or month; it is '" ~ period ~ "'"
        ) }}
    {%- endif -%}
    date_trunc('{{ period }}', {{ as_of() }})
{%- endmacro -%}

{#- Whether any effect has moved since a batch of the log of changes. -#}
{%- macro effects_moved(since) -%}
    {%- set effects = ref('int_journeys__channel_effects') -%}
    {%- if not execute -%}{%- do return(true) -%}{%- endif -%}
    {%- set moved = query_value('select max(_changed_batch) from ' ~ effects) -%}
    {%- do return(moved is not none and moved | int > since) -%}
{%- endmacro -%}
