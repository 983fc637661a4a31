-- Two sessions of one visitor nearer to each other than the timeout are one, unless the person
-- changed.
with

sessions as (
    select * from {{ ref('sessions') }}
),

compared_with_previous as (
    select
        session_id,
        profile_id,
        started_at,
        lag(profile_id) over visits as previous_profile_id,
        lag(ended_at) over visits as previous_ended_at
    from sessions
    window visits as (partition by channel, visitor_id order by started_at)
)

select * from compared_with_previous
where
    started_at
    <= previous_ended_at + interval '{{ var("session_timeout_minutes") }} minutes'
    and (
        started_at < previous_ended_at
        or profile_id is null
        or previous_profile_id is null
        or profile_id = previous_profile_id
    )
