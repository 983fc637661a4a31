{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='profile_id',
        on_schema_change='fail',
        full_refresh=false,
    )
}}

with

ledger_changes as (
    select * from {{ ref('int_identity__ledger_changes') }}
)

select * from ledger_changes
