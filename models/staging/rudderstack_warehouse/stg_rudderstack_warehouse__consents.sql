{{ config(enabled=connector_is_on()) }}

{{ tracking_consents('rudderstack_warehouse') }}
