with

base as (
    select * from {{ ref('base_matching__pairs') }}
),

doubtful as (
    select
        pair_id,
        identifier_type_a,
        identifier_value_a,
        identifier_type_b,
        identifier_value_b,
        match_probability,
        match_weight,
        model_version,
        matched_at
    from base
    where
        _row_status = 'accepted'
        and side = 'a'
        and not is_link
)

select * from doubtful
