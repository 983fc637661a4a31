{{ config(enabled=connector_is_on()) }}

{{ tracking_events('segment_warehouse') }}
