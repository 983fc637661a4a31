{#- Integer arithmetic, because a float cannot represent current times in microseconds exactly. -#}
{%- macro run_started_microseconds() -%}
    {%- set epoch = modules.datetime.datetime(1970, 1, 1, tzinfo=modules.pytz.utc) -%}
    {{- return((run_started_at - epoch) // modules.datetime.timedelta(microseconds=1)) -}}
{%- endmacro -%}
