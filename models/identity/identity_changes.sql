with

changes as (
    select * from {{ ref('identity_graph__changes') }}
),

named_changes as (
    select
        change_id,
        change_type,
        from_profile_id,
        to_profile_id,
        cause,
        cause_link_id,
        identifier_count,
        changed_at
    from changes
)

select * from named_changes
