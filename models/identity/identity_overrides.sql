with

overrides as (
    select * from {{ ref('link_overrides') }}
),

identifiers as (
    select * from {{ ref('profile_identifiers') }}
),

compared_overrides as (
    select
        overrides.override_id,
        overrides.decision,
        case
            when identifiers_a.profile_id is null or identifiers_b.profile_id is null
                then 'unknown_identifier'
            when
                (overrides.decision = 'always')
                = (identifiers_a.profile_id = identifiers_b.profile_id)
                then 'in_force'
            else 'contradicted'
        end as status,
        identifiers_a.profile_id as profile_id_a,
        identifiers_b.profile_id as profile_id_b,
        overrides.decided_at
    from overrides
    left join identifiers as identifiers_a
        on
            overrides.identifier_type_a = identifiers_a.identifier_type
            and overrides.identifier_value_a = identifiers_a.identifier_value
    left join identifiers as identifiers_b
        on
            overrides.identifier_type_b = identifiers_b.identifier_type
            and overrides.identifier_value_b = identifiers_b.identifier_value
)

select * from compared_overrides
