{{ by_profile() }}

{%- set since = changes_since() -%}

with

-- Whose an open session is may be somebody else than will turn out.
open_sessions as (
    select
        session_id,
        profile_id
    from {{ ref('int_profiles__sessions') }}
    where is_open
),

touchpoints as (
    select * from {{ ref('touchpoints') }}
    where
        occurred_at <= {{ as_of() }}
    {%- if since is not none %}
        and (
            {{ is_changed_profile('profile_id', since) }}
            or session_id in (select open_sessions.session_id from open_sessions)
        )
    {%- endif %}
),

-- Whether a click in an email is a touch of its own is known once no visit has followed it.
attributed as (
    select
        touchpoints.touchpoint_id,
        case
            when open_sessions.session_id is null then touchpoints.profile_id
            else open_sessions.profile_id
        end as profile_id,
        touchpoints.marketing_channel,
        touchpoints.campaign_name,
        touchpoints.occurred_at
    from touchpoints
    left join open_sessions on touchpoints.session_id = open_sessions.session_id
    where
        touchpoints.session_id is not null
        or touchpoints.occurred_at
        <= {{ as_of() }} - interval '{{ var("session_timeout_minutes") }} minutes'
),

ordered_touches as (
    select
        *,
        lag(touchpoint_id) over touches is null as is_first,
        lead(touchpoint_id) over touches is null as is_last
    from attributed
    where
        profile_id is not null
    {%- if since is not none %}
        and {{ is_changed_profile('profile_id', since) }}
    {%- endif %}
    window touches as (
        partition by profile_id, marketing_channel
        order by occurred_at, touchpoint_id
    )
),

summed as (
    select
        {{ surrogate_key(['profile_id', 'marketing_channel']) }} as profile_channel_touch_id,
        profile_id,
        max(case when is_first then touchpoint_id end) as first_touchpoint_id,
        max(case when is_last then touchpoint_id end) as last_touchpoint_id,
        marketing_channel,
        max(case when is_first then campaign_name end) as first_campaign_name,
        max(case when is_last then campaign_name end) as last_campaign_name,
        count(*) as touch_count,
        min(occurred_at) as first_touched_at,
        max(occurred_at) as last_touched_at,
        {{ changed_batch() }} as _changed_batch
    from ordered_touches
    group by profile_id, marketing_channel
)

select * from summed
