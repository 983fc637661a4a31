{#
    Query that ranks the affinities in CTE `subject_scores` by score and computes their shares. Affinities with a
    score of 0 or less, such as products returned as often as bought, get a share of 0.
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
    from subject_scores
{%- endmacro %}

{# Query of the affinity mart: affinity scores after time decay, as of `as_of()`. #}
{% macro profile_affinities(subject) %}
with

affinities as (
    select * from {{ ref('int_profiles__' ~ subject | replace('_id', '') ~ '_affinities') }}
),

decayed_affinities as (
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

-- Affinities that decayed to 0 are dropped. These rank last, so the ranks stay gapless.
positive_affinities as (
    select * from decayed_affinities
    where affinity_score > 0
)

select * from positive_affinities
{%- endmacro %}
