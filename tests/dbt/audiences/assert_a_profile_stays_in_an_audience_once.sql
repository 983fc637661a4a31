-- Stays of one profile in one audience at the same time.
with

memberships as (
    select * from {{ ref('audience_memberships') }}
),

compared_with_previous as (
    select
        audience_name,
        profile_id,
        entered_at,
        left_at,
        lag(coalesce(left_at, timestamp '9999-12-31 00:00:00')) over (
            partition by audience_name, profile_id
            order by entered_at, coalesce(left_at, timestamp '9999-12-31 00:00:00'), membership_id
        ) as previous_left_at
    from memberships
)

select * from compared_with_previous
where left_at is null and entered_at < previous_left_at
