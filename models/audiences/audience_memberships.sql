-- Past memberships cannot be recomputed from current data, so a full refresh keeps this table.
{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='membership_id',
        on_schema_change='append_new_columns',
        full_refresh=false,
    )
}}

with

members as (
    select * from {{ ref('int_audiences__members') }}
),

redirects as (
    select * from {{ ref('profile_redirects') }}
),

memberships as (
    {{ stored_rows({
        'membership_id': 'text',
        'audience_name': 'text',
        'profile_id': 'text',
        'is_holdout': 'boolean',
        'entered_at': 'timestamp',
        'left_at': 'timestamp',
    }) }}
),

-- Memberships follow merges to the surviving profile.
followed_merges as (
    select
        memberships.membership_id,
        memberships.audience_name,
        coalesce(redirects.profile_id, memberships.profile_id) as profile_id,
        memberships.profile_id as previous_profile_id,
        memberships.is_holdout,
        memberships.entered_at,
        memberships.left_at
    from memberships
    left join redirects on memberships.profile_id = redirects.old_profile_id
),

numbered_periods as (
    select
        *,
        row_number() over (
            partition by audience_name, profile_id, left_at is null
            order by entered_at, membership_id
        ) as period_number
    from followed_merges
),

-- When two members are merged, keep the longer membership period.
ended_periods as (
    select
        periods.membership_id,
        periods.audience_name,
        periods.profile_id,
        periods.previous_profile_id,
        periods.is_holdout,
        periods.entered_at,
        periods.left_at as previous_left_at,
        case
            when periods.left_at is not null then periods.left_at
            when members.profile_id is null or periods.period_number > 1
                then greatest(periods.entered_at, {{ as_of() }})
        end as left_at
    from numbered_periods as periods
    left join members
        on
            periods.audience_name = members.audience_name
            and periods.profile_id = members.profile_id
),

changed_periods as (
    select
        membership_id,
        audience_name,
        profile_id,
        is_holdout,
        entered_at,
        left_at
    from ended_periods
    where
        profile_id <> previous_profile_id
        or (left_at is not null and previous_left_at is null)
),

new_periods as (
    select
        {{ surrogate_key(['members.audience_name', 'members.profile_id', as_of()]) }}
            as membership_id,
        members.audience_name,
        members.profile_id,
        members.is_holdout,
        {{ as_of() }} as entered_at,
        cast(null as timestamp) as left_at
    from members
    left join followed_merges as periods
        on
            members.audience_name = periods.audience_name
            and members.profile_id = periods.profile_id
            and periods.left_at is null
    where periods.membership_id is null
),

written_periods as (
    select * from changed_periods
    union all
    select * from new_periods
)

-- With empty inputs (`--empty`), all members would seem to have left.
select * from written_periods
where {{ not flags.EMPTY }}
