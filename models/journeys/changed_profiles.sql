{{ lists_changed_keys({
    'int_journeys__events': 'min(valid_from_batch)',
    'changed_visitors': 'min(batch)',
    'changed_orders': 'min(batch)',
    'int_journeys__product_categories': 'min(valid_from_batch)',
    'int_profiles__contact_states': 'min(valid_from_batch)',
    'int_profiles__first_sightings': 'min(valid_from_batch)',
}) }}

with

-- Not materialized: each use reads only a few columns or rows.
events as not materialized (
    select * from {{ ref('int_journeys__events') }}
),

changed_events as materialized (
    {{ changed_events() }}
),

changed_visitors as (
    {{ new_changed_keys('changed_visitors') }}
),

changed_orders as (
    {{ new_changed_keys('changed_orders') }}
),

changed_categories as (
    {{ changed_in_history('int_journeys__product_categories') }}
),

changed_contacts as (
    {{ changed_in_history('int_profiles__contact_states') }}
),

changed_sightings as (
    {{ changed_in_history('int_profiles__first_sightings') }}
),

-- Events of the same visit or order may belong to several profiles, before or after the change.
-- `union` removes duplicates.
changed_profile_ids as (
    select profile_id from changed_events
    union
    select events.profile_id
    from events
    inner join changed_orders
        on
            events.channel = changed_orders.channel
            and events.order_id = changed_orders.order_id
    where
        events.event_name in ('order_completed', 'order_returned')
        and (events.valid_to_batch is null or events.valid_to_batch > {{ batch_before() }})
    union
    select events.profile_id
    from events
    inner join changed_visitors
        on
            events.channel = changed_visitors.channel
            and events.visitor_id = changed_visitors.visitor_id
            and events.occurred_at >= changed_visitors.changed_from
    where events.valid_to_batch is null or events.valid_to_batch > {{ batch_before() }}
    union
    select profile_id from events
    where
        product_id in (select changed_categories.product_id from changed_categories)
        and valid_to_batch is null
    union
    select events.profile_id
    from events
    inner join changed_contacts
        on
            events.source_model = changed_contacts.source_model
            and events.record_id = changed_contacts.record_id
    where events.valid_to_batch is null
    union
    select profile_id from changed_sightings
)

-- One row without a profile per run, so that readers know how far back the list goes.
select
    cast({{ current_batch() }} as bigint) as batch,
    profile_id
from changed_profile_ids
where profile_id is not null
union all
select
    cast({{ current_batch() }} as bigint) as batch,
    null as profile_id
