{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='_record_key',
    on_schema_change='fail',
    contract={'enforced': true}
) }}

{%- set columns -%}
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
        _record_key
{%- endset %}

with

proposed_pairs as (
    {{ proposed_pairs() }}
),

pairs as (
    select
        *,
        'match:' || md5(
            identifier_type_a || chr(31) || identifier_value_a || chr(31)
            || identifier_type_b || chr(31) || identifier_value_b
        ) as pair_id,
        match_probability >= {{ match_thresholds().upper }} as is_link
    from proposed_pairs
),

-- Each side is a record of its own, so that link filters evaluate the two links separately.
sides as (
    select
        pairs.*,
        side_names.side,
        pairs.pair_id || ':' || side_names.side as _record_key
    from pairs
    cross join (values ('a'), ('b')) as side_names (side)
),

current_sides as (
    select
        {{ columns }},
        'accepted' as _row_status
    from sides
    {%- if is_incremental() %}
    union all
    select
        {{ columns }},
        'removed' as _row_status
    from {{ this }}
    where
        _row_status = 'accepted'
        and _record_key not in (select sides._record_key from sides)
    {%- endif %}
),

changed_sides as (
    select * from current_sides
    {%- if is_incremental() %}
    except
    select
        {{ columns }},
        _row_status
    from {{ this }}
    {%- endif %}
),

with_batch as (
    select
        *,
        {{ staged_batch() }} as _staged_batch
    from changed_sides
)

select * from with_batch
