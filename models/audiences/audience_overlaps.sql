with

members as (
    select * from {{ ref('int_audiences__members') }}
),

listed_audiences as (
    {{ audience_list() }}
),

sizes as (
    select
        listed_audiences.audience_name,
        count(members.profile_id) as member_count
    from listed_audiences
    left join members on listed_audiences.audience_name = members.audience_name
    group by listed_audiences.audience_name
),

counted_shared as (
    select
        members.audience_name,
        others.audience_name as other_audience_name,
        count(*) as shared_count
    from members
    inner join members as others on members.profile_id = others.profile_id
    group by
        members.audience_name,
        others.audience_name
),

pairs as (
    select
        sizes.audience_name,
        others.audience_name as other_audience_name,
        sizes.member_count,
        others.member_count as other_member_count,
        coalesce(counted_shared.shared_count, 0) as shared_count
    from sizes
    cross join sizes as others
    left join counted_shared
        on
            sizes.audience_name = counted_shared.audience_name
            and others.audience_name = counted_shared.other_audience_name
),

-- The share is undefined for an empty audience.
shares as (
    select
        {{ surrogate_key(['audience_name', 'other_audience_name']) }} as audience_overlap_id,
        audience_name,
        other_audience_name,
        member_count,
        other_member_count,
        shared_count,
        cast(shared_count * 1.0 / nullif(member_count, 0) as numeric(18, 6)) as shared_share,
        cast(
            shared_count * 1.0 / nullif(member_count + other_member_count - shared_count, 0)
            as numeric(18, 6)
        ) as jaccard_index
    from pairs
)

select * from shares
