{{ history_of(['product_id']) }}

-- A product that left the catalogue stays, without a category, so that rows grouped by its category
-- are updated.
with

products as (
    select
        product_id,
        category
    from {{ ref('stg_catalog__products') }}
)

{{ history_changes('products', ['product_id'], ['category']) }}
