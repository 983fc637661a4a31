{{ incremental_by('profile') }}

-- As of each profile's last sign of interest: from then on all that it is drawn to fades alike, so
-- that places and shares stay. What was sent back stays for its category, of which it takes away.
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

faded as (
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

summed as (
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
    from faded
    group by profile_id, product_id
),

ranked as (
    {{ ranked_affinities('product_id') }}
)

select * from ranked
