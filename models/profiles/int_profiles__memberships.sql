with

members as (
    select * from {{ ref('stg_loyalty__members') }}
    where updated_at <= {{ as_of() }}
),

events as (
    select * from {{ ref('events') }}
    where source_model = 'stg_loyalty__members' and profile_id is not null
),

tiers as (
    select * from {{ ref('loyalty_tiers') }}
),

-- Somebody with two cards is shown by the one that changed last.
ranked_versions as (
    select
        events.profile_id,
        lower(members.tier) as granted_tier,
        members.points_balance as loyalty_points_count,
        members.home_store_id,
        members.joined_date as loyalty_joined_date,
        row_number() over (
            partition by events.profile_id
            order by members.updated_at desc, members.loyalty_number, members.member_version_id
        ) as recency
    from members
    inner join events on members.member_version_id = events.record_id
),

kept_latest as (
    select * from ranked_versions
    where recency = 1
),

-- The programme's own word on the tier holds, above or below what the points would earn.
measured as (
    select
        members.profile_id,
        members.granted_tier,
        members.loyalty_points_count,
        members.home_store_id,
        members.loyalty_joined_date,
        max(
            case when tiers.points_from <= members.loyalty_points_count then tiers.points_from end
        ) as earned_from,
        min(
            case
                when
                    tiers.points_from > greatest(
                        coalesce(members.loyalty_points_count, 0),
                        coalesce(granted_tiers.points_from, -1)
                    )
                    then tiers.points_from
            end
        ) as next_from
    from kept_latest as members
    left join tiers as granted_tiers on members.granted_tier = granted_tiers.tier
    cross join tiers
    group by
        members.profile_id,
        members.granted_tier,
        members.loyalty_points_count,
        members.home_store_id,
        members.loyalty_joined_date
),

named as (
    select
        measured.profile_id,
        coalesce(measured.granted_tier, earned_tiers.tier) as loyalty_tier,
        next_tiers.tier as loyalty_next_tier,
        measured.loyalty_points_count,
        measured.next_from - coalesce(measured.loyalty_points_count, 0)
            as loyalty_next_tier_points_count,
        measured.home_store_id,
        measured.loyalty_joined_date
    from measured
    left join tiers as earned_tiers on measured.earned_from = earned_tiers.points_from
    left join tiers as next_tiers on measured.next_from = next_tiers.points_from
)

select * from named
