{#
    The query that ranks affinities by `subject` in a CTE `summed`, the strongest first; what was sent back as
    often as bought comes last and has no share.
#}
{% macro ranked_affinities(subject) %}
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
        coalesce(
            cast(greatest(measured_score, 0) as double precision) / nullif(
                cast(
                    sum(greatest(measured_score, 0)) over (partition by profile_id)
                    as double precision
                ),
                0
            ),
            0
        ) as affinity_share,
        last_interested_at,
        measured_at
    from summed
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
