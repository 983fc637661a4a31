{{ config(enabled=connector_is_on()) }}

-- A contact that was merged into another may stay in the table. Its record keeps its
-- identifiers, but it is no longer a contact of its own.
with

base as (
    select * from {{ ref('base_hubspot_fivetran__contact') }}
),

merged_contacts as (
    select distinct merged_contact_id from {{ ref('stg_hubspot_fivetran__merges') }}
    where merged_contact_id is not null
),

accepted as (
    select
        base.contact_id,
        case when base.merged_contact_ids is not null then 'hubspot:' || base.contact_id end
            as surviving_contact,
        base.email,
        base.email_identifier,
        base.phone,
        base.first_name,
        base.last_name,
        base.birth_date,
        base.address_line,
        base.postcode,
        base.city,
        base.country,
        base.lifecycle_stage,
        base.bounce_reason,
        merged_contacts.merged_contact_id is not null as is_merged,
        base.raw_email is not null and base.email is null as is_unreadable_email,
        base.raw_phone is not null and base.phone is null as is_unreadable_phone,
        base.created_at,
        base.updated_at,
        base._record_key,
        base._staged_batch
    from base
    left join merged_contacts on base.contact_id = merged_contacts.merged_contact_id
    where base._row_status = 'accepted'
)

select * from accepted
