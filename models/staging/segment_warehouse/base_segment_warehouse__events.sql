{{ base_config(in_place=true) }}

{{ tracking_calls_in_tables('segment_warehouse') }}
