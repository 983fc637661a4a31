{{ history_of(['product_id']) }}

-- A product that left the catalogue stays, without a category, so that rows grouped by its category
-- are updated.
with

products as (
    select
        product_id,
        category
    from {{ ref('input_products') }}
)

{{ history_changes('products', ['product_id'], ['category']) }}
