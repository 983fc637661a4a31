{{ config(materialized='view') }}

with

candidates as (
    select * from {{ ref('int_audiences__candidates') }}
),

kept_within_caps as (
    select
        audience_name,
        profile_id,
        channel,
        purpose,
        priority,
        was_reached,
        entered_at
    from candidates
    where not is_capped
)

select * from kept_within_caps
