{{ config(
    materialized='incremental',
    incremental_strategy='changes',
    on_schema_change='append_new_columns',
    schema='contacts',
) }}

{%- set since = changes_since() -%}
{%- set held = rows_if_any(this.schema, 'int_profiles__contacts_attributed', {
    'profile_id': 'text', 'source_model': 'text', 'record_id': 'text', 'email_identifier': 'text',
}) %}

-- depends_on: {{ ref('events') }}
-- depends_on: {{ ref('int_profiles__contact_records') }}

-- Besides who has new records: which version of a contact counts, and whether mail arrives at an
-- address, may be decided by records of others. What was held is read before it is replaced.
with

standing as (
    select * from {{ ref('int_profiles__email_standing') }}
),

{% if since is not none %}
log as (
    select * from {{ ref('int_journeys__changes') }}
    where kind = 'profile' and changed_batch > {{ since }}
),

events as (
    select * from {{ ref('events') }}
    where profile_id is not null
),

records as (
    select * from {{ ref('int_profiles__contact_records') }}
),

held as (
    {{ held }}
),

judged_anew as (
    select email_identifier from standing
    where _changed_batch > (select max(standing_batch) from {{ this }})
),

compared as (
    select
        records.source_model,
        records.record_id,
        held.profile_id as held_by
    from records
    full join held
        on records.source_model = held.source_model and records.record_id = held.record_id
    where records.record_id is null or held.record_id is null
),

profiles as (
    select profile_id from log
    where profile_id <> ''
    union
    select profile_id from held
    where email_identifier in (select email_identifier from judged_anew)
    union
    select held_by as profile_id from compared
    where record_id is null
    union
    select events.profile_id
    from events
    inner join compared
        on events.source_model = compared.source_model and events.record_id = compared.record_id
),

{% endif %}
listed as (
    select
        'run' as kind,
        cast(null as text) as profile_id
    {% if since is not none %}
    union all
    select
        'profile' as kind,
        profile_id
    from profiles
    {% endif %}
),

stamped as (
    select
        {{ rising_batch(['changed_batch']) }} as changed_batch,
        kind,
        profile_id,
        {{ since is none }} as is_everything,
        (select coalesce(max(standing._changed_batch), 0) from standing) as standing_batch,
        {{ changed_batch() }} as _changed_batch
    from listed
)

select * from stamped
