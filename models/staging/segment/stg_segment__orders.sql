{{ config(enabled=connector_is_on()) }}

{{ tracking_orders('segment') }}
