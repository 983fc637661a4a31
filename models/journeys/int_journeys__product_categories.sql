{{ config(
    materialized='incremental',
    incremental_strategy='whole',
    on_schema_change='append_new_columns',
) }}

{%- set batch = rising_batch(['_changed_batch']) -%}
{%- set is_known = is_incremental() and has_column(this, '_changed_batch') %}

-- A product that left the catalogue stays, without a category: what was sorted by it changes too.
with

products as (
    select
        product_id,
        category
    from {{ ref('stg_catalog__products') }}
),

{% if is_known %}
compared as (
    select
        coalesce(products.product_id, known.product_id) as product_id,
        products.category,
        case
            when known.product_id is null then {{ batch }}
            when products.category is distinct from known.category then {{ batch }}
            else known._changed_batch
        end as _changed_batch
    from products
    full join {{ this }} as known on products.product_id = known.product_id
)
{%- else %}
compared as (
    select
        product_id,
        category,
        {{ batch }} as _changed_batch
    from products
)
{%- endif %}

select * from compared
