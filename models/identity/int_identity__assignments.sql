with

members as (
    select * from {{ ref('int_identity__members') }}
),

ledger as (
    select * from {{ ref('identity_ledger') }}
),

owners as (
    select
        members.component_id,
        ledger.profile_id
    from ledger
    inner join members
        on
            ledger.anchor_identifier_type = members.identifier_type
            and ledger.anchor_identifier_value = members.identifier_value
    where ledger.redirected_to_profile_id is null
),

assigned as (
    select
        members.identifier_key,
        members.identifier_type,
        members.identifier_value,
        owners.profile_id
    from members
    inner join owners
        on members.component_id = owners.component_id
)

select * from assigned
