-- depends_on: {{ ref('identity_changes') }}

with

identifiers as (
    select * from {{ ref('int_identity__identifiers') }}
),

assignments as (
    select * from {{ ref('int_identity__assignments') }}
),

shared_identifiers as (
    select * from {{ ref('int_identity__shared_identifiers') }}
),

assigned as (
    select
        identifiers.identifier_type,
        identifiers.identifier_value,
        assignments.profile_id,
        identifiers.is_blocked,
        shared_identifiers.identifier_key is not null as is_shared,
        identifiers.record_count,
        identifiers.first_observed_at,
        identifiers.last_observed_at
    from identifiers
    left join assignments
        on identifiers.identifier_key = assignments.identifier_key
    left join shared_identifiers
        on identifiers.identifier_key = shared_identifiers.identifier_key
)

select * from assigned
