{{ incremental_by('profile') }}

-- Future stages, as they follow without a further order, are computed too, so that later runs need
-- not recompute profiles without changes.
with

identities as (
    select * from {{ changed('int_profiles__identities') }}
),

orders as (
    select * from {{ changed('orders') }}
    where profile_id is not null and not is_return and ordered_at <= {{ as_of() }}
),

-- Orders with the same time are treated as consecutive, so that only the last one counts.
compared_orders as (
    select
        profile_id,
        min(ordered_at) over (partition by profile_id) as first_ordered_at,
        lag(ordered_at) over profile_orders as previous_ordered_at,
        ordered_at as last_ordered_at,
        lead(ordered_at) over profile_orders as next_ordered_at
    from orders
    window profile_orders as (partition by profile_id order by ordered_at, order_key)
),

first_orders as (
    select
        profile_id,
        min(ordered_at) as first_ordered_at
    from orders
    group by profile_id
),

-- Times at which the stage may change (macro lifecycle_checkpoint_days), with the orders up to
-- then. If a profile is known from its first record, both times are one checkpoint.
checkpoints as (
    {%- for known_at in ['first_seen_at', 'known_at'] %}
    select
        identities.profile_id,
        cast(null as timestamp) as first_ordered_at,
        cast(null as timestamp) as previous_ordered_at,
        cast(null as timestamp) as last_ordered_at,
        identities.{{ known_at }} as checked_at
    from identities
    left join first_orders on identities.profile_id = first_orders.profile_id
    where
        first_orders.first_ordered_at is null
        or identities.{{ known_at }} < first_orders.first_ordered_at
    union
    {%- endfor %}
    select
        profile_id,
        first_ordered_at,
        previous_ordered_at,
        last_ordered_at,
        last_ordered_at as checked_at
    from compared_orders
    where next_ordered_at is null or last_ordered_at < next_ordered_at
    {%- for since_order in ['first_ordered_at', 'last_ordered_at'] %}
    {%- for days in lifecycle_checkpoint_days() %}
    union
    select
        profile_id,
        first_ordered_at,
        previous_ordered_at,
        last_ordered_at,
        {{ since_order }} + interval '{{ days }} days' as checked_at
    from compared_orders
    where
        {{ since_order }} + interval '{{ days }} days' > last_ordered_at
        and (
            next_ordered_at is null
            or {{ since_order }} + interval '{{ days }} days' < next_ordered_at
        )
    {%- endfor %}
    {%- endfor %}
),

staged_checkpoints as (
    select
        identities.*,
        {{ lifecycle_stage(
            'coalesce(identities.known_at <= checkpoints.checked_at, false)',
            'checkpoints.first_ordered_at', 'checkpoints.previous_ordered_at',
            'checkpoints.last_ordered_at', 'checkpoints.checked_at'
        ) }} as to_stage,
        checkpoints.checked_at
    from checkpoints
    inner join identities on checkpoints.profile_id = identities.profile_id
    where checkpoints.checked_at is not null
),

compared_with_previous as (
    select
        *,
        lag(to_stage) over (partition by profile_id order by checked_at) as from_stage
    from staged_checkpoints
),

numbered_transitions as (
    select
        {{ surrogate_key(['profile_id', 'checked_at']) }} as transition_id,
        profile_id,
        from_stage,
        to_stage,
        row_number() over stages as transition_number,
        {{ days_between('lag(checked_at) over stages', 'checked_at') }} as days_in_from_stage,
        first_seen_at,
        known_at,
        checked_at as entered_at,
        lead(checked_at) over stages as left_at
    from compared_with_previous
    where from_stage is null or from_stage <> to_stage
    window stages as (partition by profile_id order by checked_at)
)

select * from numbered_transitions
