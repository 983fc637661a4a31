{{ by_profile(order_key='order_key', moment='converted_at') }}

{%- set since = changes_since() -%}

-- Of a person with a new visit all orders come by here, and most are as they were: credits are
-- dealt out anew for those alone that are not.
with

conversions as (
    {{ changed_conversions(since) }}
),

touches as (
    select * from {{ ref('int_journeys__conversion_touches') }}
    {%- if since is not none %}
    where order_key in (select order_key from conversions)
    {%- endif %}
),

summed_touches as (
    select
        order_key,
        count(*) as touch_count,
        {{ rows_hash(['touch_number', 'touchpoint_id', 'marketing_channel', 'touched_at']) }}
            as touches_hash
    from touches
    group by order_key
),

described as (
    select
        conversions.order_key,
        conversions.profile_id,
        conversions.channel,
        conversions.amount,
        coalesce(summed_touches.touch_count, 0) as touch_count,
        coalesce(summed_touches.touches_hash, '') as touches_hash,
        conversions.converted_at
    from conversions
    left join summed_touches on conversions.order_key = summed_touches.order_key
),

stamped as (
    select
        described.*,
        {%- if since is none %}
        {{ changed_batch() }} as _credited_batch,
        {%- else %}
        case
            when
                known.order_key is null
                or described.profile_id is distinct from known.profile_id
                or described.channel <> known.channel
                or described.amount <> known.amount
                or described.touches_hash <> known.touches_hash
                or described.converted_at <> known.converted_at
                then {{ changed_batch() }}
            else known._credited_batch
        end as _credited_batch,
        {%- endif %}
        {{ changed_batch() }} as _changed_batch
    from described
    {%- if since is not none %}
    left join {{ this }} as known on described.order_key = known.order_key
    {%- endif %}
)

select * from stamped
