{# The query of a model of affinities: what profiles are drawn to by `subject`, the strongest first. #}
{% macro profile_affinities(subject) %}
with

signals as (
    select * from {{ ref('int_profiles__interest_signals') }}
    where {{ subject }} is not null
),

summed as (
    select
        profile_id,
        {{ subject }},
        count(case when signal = 'viewed' then 1 end) as viewed_count,
        count(case when signal = 'added' then 1 end) as added_count,
        count(case when signal = 'purchased' then 1 end) as purchased_count,
        count(case when signal = 'returned' then 1 end) as returned_count,
        cast(sum(weight) as numeric(18, 6)) as affinity_score,
        max(happened_at) as last_interested_at
    from signals
    group by profile_id, {{ subject }}
),

ranked as (
    select
        {{ surrogate_key(['profile_id', subject]) }} as affinity_id,
        profile_id,
        {{ subject }},
        row_number() over (
            partition by profile_id
            order by affinity_score desc, last_interested_at desc, {{ subject }}
        ) as rank_number,
        viewed_count,
        added_count,
        purchased_count,
        returned_count,
        affinity_score,
        cast(affinity_score as double precision)
        / cast(sum(affinity_score) over (partition by profile_id) as double precision)
            as affinity_share,
        last_interested_at
    from summed
    where affinity_score > 0
)

select * from ranked
{%- endmacro %}
