with

base as (
    select * from {{ ref('base_matching__pairs') }}
),

linked as (
    select
        _record_key as record_id,
        pair_id as probable_match,
        case side when 'a' then identifier_type_a else identifier_type_b end as matched_type,
        case side when 'a' then identifier_value_a else identifier_value_b end as matched_value,
        match_probability,
        matched_at as observed_at,
        _record_key,
        _staged_batch
    from base
    where
        _row_status = 'accepted'
        and is_link
)

select * from linked
