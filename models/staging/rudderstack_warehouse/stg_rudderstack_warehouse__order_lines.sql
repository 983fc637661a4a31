{{ config(enabled=connector_is_on()) }}

{{ tracking_order_lines('rudderstack_warehouse') }}
