{#- One time for the whole run, so that models built minutes apart agree. -#}
{%- macro as_of() -%}
    {%- set now = run_started_at.strftime('%Y-%m-%d %H:%M:%S') -%}
    cast('{{ env_var("CDP_AS_OF", "") or now }}' as timestamp)
{%- endmacro -%}
