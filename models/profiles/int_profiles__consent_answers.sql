{{ config(schema='contacts') }}

{%- set channels = contact_channels() | join("'), ('") %}

with

channels as (
    select channel
    from (values ('{{ channels }}')) as listed (channel)
),

consents as (
    select * from {{ ref('input_consents') }}
),

purposes as (
    select * from {{ ref('consent_purposes') }}
),

events as (
    select * from {{ ref('events') }}
    where profile_id is not null
),

email_addresses as (
    select * from {{ ref('int_profiles__email_addresses') }}
),

identifiers as (
    select * from {{ ref('profile_identifiers') }}
    where profile_id is not null
),

answers as (
    select
        consents.source_model,
        consents.record_id as consent_id,
        consents.identifier_type,
        consents.identifier_value,
        consents.consent_channel as channel,
        consents.purpose,
        consents.status,
        {{ is_granted_consent('consents.status') }} as is_grant,
        consents.observed_at is null
        or purposes.purpose is null
        or channels.channel is null as is_unreadable,
        consents.source,
        consents.proof,
        consents.observed_at as recorded_at
    from consents
    left join purposes on consents.purpose = purposes.purpose
    left join channels on consents.consent_channel = channels.channel
),

-- A grant counts from its time on. Any other answer counts a day earlier, since the clock of its
-- source may be ahead.
answers_in_force as (
    select * from answers
    where
        recorded_at <= {{ as_of() }}
        or not is_grant and coalesce(recorded_at <= {{ as_of() }} + interval '1 day', true)
),

attributed_by_identity as (
    select
        events.profile_id,
        answers_in_force.*
    from answers_in_force
    inner join events
        on
            answers_in_force.source_model = events.source_model
            and answers_in_force.consent_id = events.record_id
),

-- Refusals apply to every profile with the identifier: a shared mailbox belongs to no single
-- profile, so that its grants are ignored, and a record without a readable time is no event.
attributed_by_mailbox as (
    select
        email_addresses.profile_id,
        answers_in_force.*
    from answers_in_force
    inner join email_addresses
        on answers_in_force.identifier_value = email_addresses.email_identifier
    where not answers_in_force.is_grant
),

attributed_by_identifier as (
    select
        identifiers.profile_id,
        answers_in_force.*
    from answers_in_force
    inner join identifiers on answers_in_force.identifier_value = identifiers.identifier_value
    where not answers_in_force.is_grant and answers_in_force.is_unreadable
),

-- `union` removes the duplicates of the three.
attributed_answers as (
    select * from attributed_by_identity
    union
    select * from attributed_by_mailbox
    union
    select * from attributed_by_identifier
),

keyed as (
    select
        {{ surrogate_key(['profile_id', 'source_model', 'consent_id']) }} as consent_answer_id,
        attributed_answers.*
    from attributed_answers
)

select * from keyed
