{{ incremental_by('profile') }}

-- Scores are as of the profile's last signal. After that all of its scores decay at the same rate,
-- so ranks and shares stay the same. Returned products are kept: they lower the category's score.
with

signals as (
    select * from {{ changed('int_profiles__interest_signals') }}
    where
        product_id is not null
),

last_signals as (
    select
        profile_id,
        max(occurred_at) as measured_at
    from signals
    group by profile_id
),

decayed_signals as (
    select
        signals.profile_id,
        signals.product_id,
        signals.signal,
        {{ decayed(
            'signals.weight', 'signals.occurred_at', 'last_signals.measured_at',
            var('affinity_half_life_days')
        ) }} as weight,
        signals.occurred_at,
        last_signals.measured_at
    from signals
    inner join last_signals on signals.profile_id = last_signals.profile_id
),

subject_scores as (
    select
        profile_id,
        product_id,
        count(case when signal = 'viewed' then 1 end) as viewed_count,
        count(case when signal = 'added' then 1 end) as added_count,
        count(case when signal = 'purchased' then 1 end) as purchased_count,
        count(case when signal = 'returned' then 1 end) as returned_count,
        cast(sum(weight) as numeric(18, 6)) as measured_score,
        max(occurred_at) as last_interested_at,
        max(measured_at) as measured_at
    from decayed_signals
    group by profile_id, product_id
),

ranked_subjects as (
    {{ ranked_affinities('product_id') }}
)

select * from ranked_subjects
