with

members as (
    select * from {{ ref('aud_crm_clean_up') }}
),

selected_problems as (
    select
        profile_id,
        contact_count,
        duplicate_count,
        dead_mailbox_count,
        unreachable_count,
        incomplete_address_count
    from members
)

select * from selected_problems
