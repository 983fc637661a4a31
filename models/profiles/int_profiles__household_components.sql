{{ config(materialized='connected_components') }}

select
    profile_number as node_a,
    claim_number as node_b
from {{ ref('int_profiles__household_claims') }}
