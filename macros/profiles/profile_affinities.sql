{#
    The query of a model of affinities by `subject`, the strongest first, as of each profile's last sign of
    interest: from then on all that a profile is drawn to fades alike, so that places and shares stay, and
    only who shows interest again is worked out again.
#}
{% macro measured_affinities(subject) %}
{%- set since = changes_since() -%}

with

signals as (
    select * from {{ ref('int_profiles__interest_signals') }}
    where
        {{ subject }} is not null
        {%- if since is not none %}
        and {{ is_changed_profile('profile_id', since) }}
        {%- endif %}
),

last_signals as (
    select
        profile_id,
        max(happened_at) as measured_at
    from signals
    group by profile_id
),

faded as (
    select
        signals.profile_id,
        signals.{{ subject }},
        signals.signal,
        {{ decayed(
            'signals.weight', 'signals.happened_at', 'last_signals.measured_at',
            var('affinity_half_life_days')
        ) }} as weight,
        signals.happened_at,
        last_signals.measured_at
    from signals
    inner join last_signals on signals.profile_id = last_signals.profile_id
),

summed as (
    select
        profile_id,
        {{ subject }},
        count(case when signal = 'viewed' then 1 end) as viewed_count,
        count(case when signal = 'added' then 1 end) as added_count,
        count(case when signal = 'purchased' then 1 end) as purchased_count,
        count(case when signal = 'returned' then 1 end) as returned_count,
        cast(sum(weight) as numeric(18, 6)) as measured_score,
        max(happened_at) as last_interested_at,
        max(measured_at) as measured_at
    from faded
    group by profile_id, {{ subject }}
),

ranked as (
    select
        {{ surrogate_key(['profile_id', subject]) }} as affinity_id,
        profile_id,
        {{ subject }},
        row_number() over (
            partition by profile_id
            order by measured_score desc, last_interested_at desc, {{ subject }}
        ) as rank_number,
        viewed_count,
        added_count,
        purchased_count,
        returned_count,
        measured_score,
        cast(measured_score as double precision)
        / cast(sum(measured_score) over (partition by profile_id) as double precision)
            as affinity_share,
        last_interested_at,
        measured_at,
        {{ changed_batch() }} as _changed_batch
    from summed
    where measured_score > 0
)

select * from ranked
{%- endmacro %}

{# The query of the mart of the same: what is left of them at `as_of()`. #}
{% macro profile_affinities(subject) %}
with

affinities as (
    select * from {{ ref('int_profiles__' ~ subject | replace('_id', '') ~ '_affinities') }}
),

faded as (
    select
        affinity_id,
        profile_id,
        {{ subject }},
        rank_number,
        viewed_count,
        added_count,
        purchased_count,
        returned_count,
        {{ decayed(
            'measured_score', 'measured_at', as_of(), var('affinity_half_life_days')
        ) }} as affinity_score,
        affinity_share,
        last_interested_at
    from affinities
),

-- What has faded away is no affinity any more; the weakest go first.
kept_above_nothing as (
    select * from faded
    where affinity_score > 0
)

select * from kept_above_nothing
{%- endmacro %}
