with

members as (
    select * from {{ ref('input_memberships') }}
    where observed_at <= {{ as_of() }}
),

events as (
    select * from {{ ref('events') }}
    where profile_id is not null
),

tiers as (
    select * from {{ ref('loyalty_tiers') }}
),

-- Of several loyalty cards of one profile, the most recently updated one counts.
ranked_versions as (
    select
        events.profile_id,
        lower(members.tier) as granted_tier,
        members.points_balance as loyalty_points_count,
        members.home_store_id,
        members.joined_date as loyalty_joined_date,
        row_number() over (
            partition by events.profile_id
            order by members.observed_at desc, members.loyalty_number, members.record_id
        ) as recency
    from members
    inner join events
        on members.source_model = events.source_model and members.record_id = events.record_id
),

kept_latest as (
    select * from ranked_versions
    where recency = 1
),

-- The tier reported by the programme counts, even if the points would earn another one.
measured_members as (
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

named_tiers as (
    select
        measured_members.profile_id,
        coalesce(measured_members.granted_tier, earned_tiers.tier) as loyalty_tier,
        next_tiers.tier as loyalty_next_tier,
        measured_members.loyalty_points_count,
        measured_members.next_from - coalesce(measured_members.loyalty_points_count, 0)
            as loyalty_next_tier_points_count,
        measured_members.home_store_id,
        measured_members.loyalty_joined_date
    from measured_members
    left join tiers as earned_tiers on measured_members.earned_from = earned_tiers.points_from
    left join tiers as next_tiers on measured_members.next_from = next_tiers.points_from
)

select * from named_tiers
