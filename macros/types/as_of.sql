{#- One instant for a whole run, so that models built minutes apart agree on what is recent. -#}
{%- macro as_of() -%}
    cast('{{ env_var("CDP_AS_OF", "") or run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp)
{%- endmacro -%}
