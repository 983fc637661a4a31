{{ base_config() }}

{{ tracking_calls_in_files('segment') }}
