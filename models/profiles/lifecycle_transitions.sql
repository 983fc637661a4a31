{{ config(materialized='view') }}

with

transitions as (
    select * from {{ ref('int_profiles__lifecycle_transitions') }}
    where entered_at <= {{ as_of() }}
),

-- Future transitions have not ended the current stage yet.
past_transitions as (
    select
        transition_id,
        profile_id,
        from_stage,
        to_stage,
        left_at is null or left_at > {{ as_of() }} as is_current,
        transition_number,
        days_in_from_stage,
        entered_at,
        case when left_at <= {{ as_of() }} then left_at end as left_at
    from transitions
)

select * from past_transitions
