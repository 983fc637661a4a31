{#
    The earlier of two times: the ping is no longer recent, or the next quiet hours begin in the
    store's time zone.
#}
{% macro nearby_send_until(pinged_at, time_zone) %}
    {{ return(adapter.dispatch('nearby_send_until', 'customer_data_platform')(pinged_at, time_zone)) }}
{% endmacro %}

{% macro default__nearby_send_until(pinged_at, time_zone) %}
    {%- set window = pinged_at ~ " + interval '" ~ var('location_ping_window_minutes') ~ " minutes'" -%}
    {%- if clock_setting('quiet_hours_from') == clock_setting('quiet_hours_until') -%}
    {{ window }}
    {%- else -%}
    {%- set local = local_time(pinged_at, time_zone) -%}
    {%- set begins = "cast(cast(" ~ local ~ " as date) as timestamp) + interval '"
        ~ clock_setting('quiet_hours_from') ~ ":00'" -%}
    least(
        {{ window }},
        {{ to_utc(
            "(case when " ~ local ~ " < " ~ begins ~ " then " ~ begins ~ " else " ~ begins
            ~ " + interval '1 day' end)",
            "coalesce(" ~ time_zone ~ ", 'UTC')"
        ) }}
    )
    {%- endif -%}
{%- endmacro %}
