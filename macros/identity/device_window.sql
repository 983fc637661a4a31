{#
    Device window: a quarter of an hour of one browser or app. It tells people apart who take turns on a shared
    device. It follows from one record alone, so that a late record changes nothing. The identifier type is named
    `visit`: profile ids are hashes of it.
#}
{% macro device_window(device, occurred_at) -%}
    {{ device }} || '@' || cast(date_trunc('hour', {{ occurred_at }}) as text) || '/'
    || cast(cast(floor(extract(minute from {{ occurred_at }}) / 15) as integer) as text)
{%- endmacro %}
