{#
    CTEs that classify touchpoints by seed `channel_rules`. The last, `classified`, has the columns of `touchpoints` and
    those in `columns`.
#}
{% macro classified_touchpoints(relation, columns=[]) %}
touches as (
    select
        *,
        coalesce(lower(campaign_source), '') as source_key,
        coalesce(lower(campaign_medium), '') as medium_key,
        {{ url_host('referrer') }} as referrer_host,
        case when click_id is null then '' else 'present' end as click_presence
    from {{ relation }}
),

rules as (
    select * from {{ ref('channel_rules') }}
),

-- Matching patterns is expensive, so it is done once per distinct source.
traffic_sources as (
    select distinct
        source_key,
        medium_key,
        coalesce(referrer_host, '') as host_key,
        click_presence
    from touches
),

matched_rules as (
    select
        traffic_sources.*,
        rules.marketing_channel,
        row_number() over (
            partition by
                traffic_sources.source_key,
                traffic_sources.medium_key,
                traffic_sources.host_key,
                traffic_sources.click_presence
            order by rules.priority
        ) as match_number
    from traffic_sources
    inner join rules
        on
            {{ fits_pattern('traffic_sources.source_key', 'rules.campaign_source') }}
            and {{ fits_pattern('traffic_sources.medium_key', 'rules.campaign_medium') }}
            and {{ fits_pattern('traffic_sources.host_key', 'rules.referrer_host') }}
            and {{ fits_pattern('traffic_sources.click_presence', 'rules.click_id') }}
),

classified as (
    select
        touches.event_id as touchpoint_id,
        {%- for column in columns %}
        touches.{{ column }},
        {%- endfor %}
        touches.profile_id,
        touches.session_id,
        touches.campaign_id,
        touches.click_id,
        touches.channel,
        coalesce(matched_rules.marketing_channel, 'unassigned') as marketing_channel,
        touches.campaign_source,
        touches.campaign_medium,
        touches.campaign_name,
        touches.referrer_host,
        touches.occurred_at
    from touches
    left join matched_rules
        on
            touches.source_key = matched_rules.source_key
            and touches.medium_key = matched_rules.medium_key
            and coalesce(touches.referrer_host, '') = matched_rules.host_key
            and touches.click_presence = matched_rules.click_presence
            and matched_rules.match_number = 1
)
{%- endmacro %}
