{{ config(enabled=connector_is_on()) }}

{{ tracking_refunds('segment_warehouse') }}
