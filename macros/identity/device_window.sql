{#
    A quarter of an hour of one browser or app. Where several people use it, so that it links nothing, this
    is what is left to tell them apart. It follows from one record alone: no neighbour that comes late
    changes it.
#}
{% macro device_window(device, occurred_at) -%}
    {{ device }} || '@' || cast(date_trunc('hour', {{ occurred_at }}) as text) || '/'
    || cast(cast(floor(extract(minute from {{ occurred_at }}) / 15) as integer) as text)
{%- endmacro %}
