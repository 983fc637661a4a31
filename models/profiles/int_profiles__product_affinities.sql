{{ by_profile() }}

{{ measured_affinities('product_id') }}
