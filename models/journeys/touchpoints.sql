{{ by_profile(moment='occurred_at') }}

{%- set since = changes_since() -%}

with

sessions as (
    select * from {{ ref('int_journeys__sessions_summed') }}
),

{% if since is not none -%}
-- Visits that went on when anything changed. Touches outside of visits are few.
changed_sessions as (
    select sessions.session_id
    from sessions
    {{ join_changed_profiles("coalesce(sessions.profile_id, '')", 'sessions.ended_at', since) }}
),

{% endif -%}
touches as (
    select
        *,
        {{ url_host('referrer') }} as referrer_host,
        case when click_id is null then '' else 'present' end as click_presence
    from {{ ref('int_journeys__touches') }}
    {%- if since is not none %}
    where session_id is null or session_id in (select session_id from changed_sessions)
    {%- endif %}
),

rules as (
    select * from {{ ref('channel_rules') }}
),

-- Patterns are costly and the same few sources return for ever.
listed_sources as (
    select distinct
        coalesce(lower(campaign_source), '') as campaign_source,
        coalesce(lower(campaign_medium), '') as campaign_medium,
        coalesce(referrer_host, '') as referrer_host,
        click_presence
    from touches
),

matched_rules as (
    select
        listed_sources.*,
        rules.marketing_channel,
        row_number() over (
            partition by
                listed_sources.campaign_source,
                listed_sources.campaign_medium,
                listed_sources.referrer_host,
                listed_sources.click_presence
            order by rules.priority
        ) as match_number
    from listed_sources
    inner join rules
        on
            {{ fits_pattern('listed_sources.campaign_source', 'rules.campaign_source') }}
            and {{ fits_pattern('listed_sources.campaign_medium', 'rules.campaign_medium') }}
            and {{ fits_pattern('listed_sources.referrer_host', 'rules.referrer_host') }}
            and {{ fits_pattern('listed_sources.click_presence', 'rules.click_id') }}
),

kept_first_match as (
    select * from matched_rules
    where match_number = 1
),

classified as (
    select
        touches.event_id as touchpoint_id,
        coalesce(sessions.profile_id, touches.profile_id) as profile_id,
        touches.session_id,
        touches.campaign_id,
        touches.click_id,
        touches.channel,
        coalesce(kept_first_match.marketing_channel, 'unassigned') as marketing_channel,
        touches.campaign_source,
        touches.campaign_medium,
        touches.campaign_name,
        touches.referrer_host,
        touches.occurred_at,
        {{ changed_batch() }} as _changed_batch
    from touches
    left join sessions on touches.session_id = sessions.session_id
    left join kept_first_match
        on
            coalesce(lower(touches.campaign_source), '') = kept_first_match.campaign_source
            and coalesce(lower(touches.campaign_medium), '') = kept_first_match.campaign_medium
            and coalesce(touches.referrer_host, '') = kept_first_match.referrer_host
            and touches.click_presence = kept_first_match.click_presence
    {%- if since is not none %}
    {{ join_changed_profiles(
        "coalesce(sessions.profile_id, touches.profile_id, '')", 'touches.occurred_at', since
    ) }}
    {%- endif %}
)

select * from classified
