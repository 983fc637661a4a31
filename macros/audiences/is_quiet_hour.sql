{#
    Local time from `quiet_hours_from` until before `quiet_hours_until`, across midnight if the
    first is later. There are no quiet hours if both are equal.
#}
{% macro is_quiet_hour(timestamp, time_zone) %}
    {{ return(adapter.dispatch('is_quiet_hour', 'customer_data_platform')(timestamp, time_zone)) }}
{% endmacro %}

{% macro default__is_quiet_hour(timestamp, time_zone) %}
    {%- set begins, ends = clock_setting('quiet_hours_from'), clock_setting('quiet_hours_until') -%}
    {%- set clock = "cast(" ~ local_time(timestamp, time_zone) ~ " as time)" -%}
    (
        {{ clock }} >= cast('{{ begins }}' as time)
        {{ 'or' if begins > ends else 'and' }} {{ clock }} < cast('{{ ends }}' as time)
    )
{%- endmacro %}

{% macro clock_setting(name) %}
    {%- set value = var(name) | string -%}
    {%- if not modules.re.match('^([01][0-9]|2[0-3]):[0-5][0-9]$', value) -%}
        {{ exceptions.raise_compiler_error(
            name ~ " must be a time of day such as '21:00', in quotes; it is " ~ value
        ) }}
    {%- endif -%}
    {% do return(value) %}
{% endmacro %}
