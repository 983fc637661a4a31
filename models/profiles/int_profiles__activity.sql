{{ incremental_by('profile') }}

with

events as (
    select * from {{ changed('events') }}
    where profile_id is not null and occurred_at <= {{ as_of() }}
),

channel_totals as (
    select
        profile_id,
        channel,
        count(*) as event_count,
        count(case when is_interaction then 1 end) as interaction_count,
        min(case when is_interaction then occurred_at end) as first_interaction_at,
        max(case when is_interaction then occurred_at end) as last_interaction_at,
        min(occurred_at) as first_event_at,
        max(occurred_at) as last_event_at
    from events
    group by profile_id, channel
),

compared_totals as (
    select
        *,
        min(first_interaction_at) over (partition by profile_id) as profile_first_at,
        max(last_interaction_at) over (partition by profile_id) as profile_last_at
    from channel_totals
),

activity_totals as (
    select
        profile_id,
        min(case when first_interaction_at = profile_first_at then channel end) as first_channel,
        min(case when last_interaction_at = profile_last_at then channel end) as last_channel,
        count(case when interaction_count > 0 then 1 end) as channel_count,
        cast(sum(event_count) as bigint) as event_count,
        cast(sum(interaction_count) as bigint) as interaction_count,
        {%- for channel in ['web', 'app', 'email', 'pos', 'support', 'ads', 'social'] %}
        cast(
            sum(case when channel = '{{ channel }}' then interaction_count else 0 end) as bigint
        ) as {{ channel }}_interaction_count,
        {%- endfor %}
        min(first_interaction_at) as first_interaction_at,
        max(last_interaction_at) as last_interaction_at,
        min(first_event_at) as first_event_at,
        max(last_event_at) as last_event_at
    from compared_totals
    group by profile_id
)

select * from activity_totals
