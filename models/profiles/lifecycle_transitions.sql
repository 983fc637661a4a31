with

checkpoints as (
    select * from {{ ref('int_profiles__lifecycle_checkpoints') }}
),

identities as (
    select * from {{ ref('int_profiles__identities') }}
),

staged as (
    select
        checkpoints.profile_id,
        {{ lifecycle_stage(
            'coalesce(identities.known_at <= checkpoints.checked_at, false)',
            'checkpoints.first_ordered_at', 'checkpoints.previous_ordered_at',
            'checkpoints.last_ordered_at', 'checkpoints.checked_at'
        ) }} as to_stage,
        checkpoints.checked_at
    from checkpoints
    inner join identities on checkpoints.profile_id = identities.profile_id
),

compared_with_previous as (
    select
        *,
        lag(to_stage) over (partition by profile_id order by checked_at) as from_stage
    from staged
),

kept_changes as (
    select * from compared_with_previous
    where from_stage is null or from_stage <> to_stage
),

numbered as (
    select
        {{ surrogate_key(['profile_id', 'checked_at']) }} as transition_id,
        profile_id,
        from_stage,
        to_stage,
        lead(checked_at) over stages is null as is_current,
        row_number() over stages as transition_number,
        {{ days_between('lag(checked_at) over stages', 'checked_at') }} as days_in_from_stage,
        checked_at as entered_at,
        lead(checked_at) over stages as left_at
    from kept_changes
    window stages as (partition by profile_id order by checked_at)
)

select * from numbered
