{#
    SQL of the event name of an order. Two systems may report the same purchase, such as a shop and the tracking of its
    website: var `order_connectors` names the connectors whose orders count. Orders of the others stay on the timeline as
    `order_reported`.
#}
{% macro counted_order_event(connector, event_name) %}
    {%- if var('order_connectors') == 'all' -%}
    {%- do return(event_name) -%}
    {%- endif -%}
    {%- set counted = "'" ~ var('order_connectors').split() | join("', '") ~ "'" -%}
    {%- do return(
        "case when " ~ connector ~ " not in (" ~ counted ~ ") and " ~ event_name
        ~ " in ('order_completed', 'order_placed', 'order_cancelled', 'order_returned') then 'order_reported' else "
        ~ event_name ~ " end"
    ) -%}
{% endmacro %}
