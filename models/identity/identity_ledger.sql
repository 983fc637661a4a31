with

ledger as (
    select * from {{ graph_table('ledger', ref('identity_graph')) }}
),

minted as (
    select
        profile_id,
        founding_identifier_type,
        founding_identifier_value,
        generation,
        anchor_identifier_type,
        anchor_identifier_value,
        redirected_to_profile_id,
        founded_at,
        minted_at,
        redirected_at
    from ledger
)

select * from minted
