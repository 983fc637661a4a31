{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='_record_key',
    on_schema_change='fail',
    contract={'enforced': true}
) }}

with

proposed as (

    {{ proposed_pairs() }}

),

named as (

    select
        *,
        'match:' || md5(
            identifier_type_a || chr(31) || identifier_value_a || chr(31)
            || identifier_type_b || chr(31) || identifier_value_b
        ) as pair_id,
        match_probability >= {{ match_thresholds().upper }} as is_link
    from proposed

),

-- Each side is a record of its own, so that two guards can judge the two links apart.
sided as (

    select
        named.pair_id || ':a' as _record_key,
        'a' as side,
        named.*
    from named
    union all
    select
        named.pair_id || ':b' as _record_key,
        'b' as side,
        named.*
    from named

){% if is_incremental() %},

stored as (

    select * from {{ this }}

),

changed as (

    select
        sided.*,
        'accepted' as _row_status
    from sided
    left join stored on sided._record_key = stored._record_key
    where
        stored._row_status is distinct from 'accepted'
        or sided.is_link is distinct from stored.is_link
        or sided.match_probability is distinct from stored.match_probability
        or sided.match_weight is distinct from stored.match_weight
        or sided.matched_at is distinct from stored.matched_at
        or sided.model_version is distinct from stored.model_version
    union all
    select
        stored._record_key,
        stored.side,
        stored.identifier_type_a,
        stored.identifier_value_a,
        stored.identifier_type_b,
        stored.identifier_value_b,
        stored.match_probability,
        stored.match_weight,
        stored.matched_at,
        stored.model_version,
        stored.pair_id,
        stored.is_link,
        'removed' as _row_status
    from stored
    left join sided on stored._record_key = sided._record_key
    where
        sided._record_key is null
        and stored._row_status = 'accepted'

){% else %},

changed as (

    select
        *,
        'accepted' as _row_status
    from sided

){% endif %},

numbered as (

    select
        pair_id,
        side,
        identifier_type_a,
        identifier_value_a,
        identifier_type_b,
        identifier_value_b,
        is_link,
        match_probability,
        match_weight,
        model_version,
        matched_at,
        _record_key,
        _row_status,
        {{ staged_batch() }} as _staged_batch
    from changed

)

select * from numbered
