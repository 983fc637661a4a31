{{ profile_affinities('product_id') }}
