with

memberships as (
    select * from {{ ref('audience_memberships') }}
    where left_at is null and not is_holdout
),

members as (
    select * from {{ ref('int_audiences__members') }}
),

contactable_profiles as (
    select * from {{ ref('contactable_profiles') }}
),

list_entries as (
    select
        audience_name,
        profile_id,
        max(delivered_at) as delivered_at
    from {{ ref('int_audiences__list_entries') }}
    group by
        audience_name,
        profile_id
),

remaining_caps as (
    select * from {{ ref('int_audiences__remaining_frequency_caps') }}
),

with_remaining_caps as (
    select
        members.audience_name,
        members.profile_id,
        members.channel,
        members.purpose,
        members.priority,
        coalesce(list_entries.delivered_at >= memberships.entered_at, false) as was_reached,
        remaining_caps.remaining_count,
        remaining_caps.total_remaining_count,
        memberships.entered_at
    from members
    inner join memberships
        on
            members.audience_name = memberships.audience_name
            and members.profile_id = memberships.profile_id
    inner join contactable_profiles
        on
            members.profile_id = contactable_profiles.profile_id
            and members.channel = contactable_profiles.channel
            and members.purpose = contactable_profiles.purpose
    left join list_entries
        on
            members.audience_name = list_entries.audience_name
            and members.profile_id = list_entries.profile_id
    left join remaining_caps
        on
            members.profile_id = remaining_caps.profile_id
            and members.channel = remaining_caps.channel
),

-- Members already reached in this membership period keep their place and do not use up the
-- remaining caps. Removing and adding them again would send the message twice.
ranked_on_channel as (
    select
        *,
        row_number() over (
            partition by profile_id, channel, was_reached
            order by priority, audience_name
        ) as channel_rank
    from with_remaining_caps
),

-- Members excluded by the channel's caps do not count towards the caps across channels, nor do
-- members of audiences whose channel has no caps.
ranked_across_channels as (
    select
        *,
        coalesce(channel_rank > remaining_count, false) as is_beyond_channel,
        row_number() over (
            partition by
                profile_id, was_reached, coalesce(channel_rank > remaining_count, false),
                total_remaining_count is null
            order by priority, audience_name
        ) as total_rank
    from ranked_on_channel
),

with_caps as (
    select
        audience_name,
        profile_id,
        channel,
        purpose,
        priority,
        was_reached,
        (
            not was_reached
            and (is_beyond_channel or coalesce(total_rank > total_remaining_count, false))
        ) as is_capped,
        entered_at
    from ranked_across_channels
)

select * from with_caps
