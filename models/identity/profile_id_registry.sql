with

id_registry as (
    select * from {{ ref('identity_graph__id_registry') }}
),

registered_ids as (
    select
        profile_id,
        original_identifier_type,
        original_identifier_value,
        generation,
        canonical_identifier_type,
        canonical_identifier_value,
        redirected_to_profile_id,
        first_observed_at,
        created_at,
        redirected_at
    from id_registry
)

select * from registered_ids
