{{ config(enabled=connector_is_on()) }}

{{ tracking_consents('segment_warehouse') }}
