{{ incremental_by('profile') }}

with

product_affinities as (
    select * from {{ changed('int_profiles__product_affinities') }}
),

products as (
    select
        product_id,
        category
    from {{ ref('input_products') }}
    where category is not null
),

subject_scores as (
    select
        product_affinities.profile_id,
        products.category,
        cast(sum(product_affinities.viewed_count) as bigint) as viewed_count,
        cast(sum(product_affinities.added_count) as bigint) as added_count,
        cast(sum(product_affinities.purchased_count) as bigint) as purchased_count,
        cast(sum(product_affinities.returned_count) as bigint) as returned_count,
        cast(sum(product_affinities.measured_score) as numeric(18, 6)) as measured_score,
        max(product_affinities.last_interested_at) as last_interested_at,
        max(product_affinities.measured_at) as measured_at
    from product_affinities
    inner join products on product_affinities.product_id = products.product_id
    group by product_affinities.profile_id, products.category
),

ranked_subjects as (
    {{ ranked_affinities('category') }}
)

select * from ranked_subjects
