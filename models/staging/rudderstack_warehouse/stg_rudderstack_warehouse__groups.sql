{{ config(enabled=connector_is_on()) }}

{{ tracking_groups('rudderstack_warehouse') }}
