{{ base_config() }}

-- One row per variant. Only the first row of a product has its title, so it is filled down.
with

source as (
    {{ staging_source('shopify', 'products') }}
),

trimmed_columns as (
    select
        *,
        coalesce({{ trimmed('"Handle"') }}, {{ trimmed('"URL handle"') }}) as handle,
        coalesce({{ trimmed('"Variant SKU"') }}, {{ trimmed('"SKU"') }}) as product_id,
        coalesce({{ trimmed('"Variant Price"') }}, {{ trimmed('"Price"') }}) as price_text,
        coalesce({{ trimmed('"Cost per item"') }}, {{ trimmed('"Cost"') }}) as cost_text,
        {{ trimmed('"Product Category"') }} as category
    from source
),

typed as (
    select
        {{ landed_columns() }},
        cast(_loaded_at as text) || ' ' || _file as exported_order,
        coalesce(product_id, handle || '/' || cast(_row_number as text)) as product_id,
        product_id is not null as is_variant,
        handle,
        max({{ trimmed('"Title"') }}) over (partition by _load_id, handle) as product_name,
        coalesce(
            max({{ trimmed('"Type"') }}) over (partition by _load_id, handle),
            max(category) over (partition by _load_id, handle)
        ) as category,
        max({{ trimmed('"Vendor"') }}) over (partition by _load_id, handle) as brand,
        cast({{ to_number('price_text') }} as numeric(18, 2)) as price,
        cast({{ to_number('cost_text') }} as numeric(18, 2)) as cost
    from trimmed_columns
    {{ optimisation_fence() }}
),

{{ staged('typed', key='product_id', newest_first='exported_order', rules=[
    missing('Handle', 'handle'),
]) }}

select * from staged
