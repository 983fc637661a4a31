{{ config(materialized='view') }}

{{ profile_affinities('category') }}
