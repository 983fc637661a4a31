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

-- depends_on: {{ ref('int_journeys__changes') }}
-- depends_on: {{ ref('events') }}
-- depends_on: {{ ref('int_journeys__events') }}
-- depends_on: {{ ref('int_profiles__contact_records') }}

-- Of those with new events few have new contact details. Besides, which version of a contact
-- counts, and whether mail arrives at an address, may be decided by records of others. What was
-- held is read before it is replaced.
with

standing as (
    select * from {{ ref('int_profiles__email_standing') }}
),

{% if since is not none %}
events as (
    select * from {{ ref('events') }}
    where profile_id is not null
),

records as (
    select * from {{ ref('int_profiles__contact_records') }}
),

-- Read twice with few columns each, rather than kept.
held as not materialized (
    {{ held }}
),

judged_anew as (
    select email_identifier from standing
    where _changed_batch > (select max(standing_batch) from {{ this }})
),

-- What was staged again, or is another's now.
written_anew as (
    select
        source_model,
        record_id,
        profile_id
    from {{ ref('int_journeys__events') }}
    where _ended_batch is null and {{ is_later_batch('_written_batch', since) }}
),

compared as (
    select
        records.source_model,
        records.record_id,
        held.profile_id as held_by,
        written_anew.profile_id,
        written_anew.record_id is not null as is_written_anew
    from records
    full join held
        on records.source_model = held.source_model and records.record_id = held.record_id
    left join written_anew
        on
            records.source_model = written_anew.source_model
            and records.record_id = written_anew.record_id
    where
        records.record_id is null
        or held.record_id is null
        or written_anew.record_id is not null
),

profiles as (
    select held_by as profile_id from compared
    union
    select profile_id from compared
    union
    select profile_id from held
    where email_identifier in (select email_identifier from judged_anew)
    union
    select events.profile_id
    from events
    inner join compared
        on events.source_model = compared.source_model and events.record_id = compared.record_id
    where not compared.is_written_anew
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
    where profile_id is not null
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
