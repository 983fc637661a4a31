with

members as (
    select * from {{ ref('stg_loyalty__members') }}
    where updated_at <= {{ as_of() }}
),

record_profiles as (
    select * from {{ ref('int_identity__record_profiles') }}
    where source_model = 'stg_loyalty__members' and profile_id is not null
),

-- Somebody with two cards is shown by the one that changed last.
ranked_versions as (
    select
        record_profiles.profile_id,
        members.tier as loyalty_tier,
        members.points_balance as loyalty_points_count,
        members.home_store_id,
        members.joined_date as loyalty_joined_date,
        row_number() over (
            partition by record_profiles.profile_id
            order by members.updated_at desc, members.loyalty_number, members.member_version_id
        ) as recency
    from members
    inner join record_profiles on members.member_version_id = record_profiles.record_id
),

kept_latest as (
    select
        profile_id,
        loyalty_tier,
        loyalty_points_count,
        home_store_id,
        loyalty_joined_date
    from ranked_versions
    where recency = 1
)

select * from kept_latest
