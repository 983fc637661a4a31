{{ config(materialized='view') }}

{{ profile_affinities('product_id') }}
