{{ config(enabled=connector_is_on()) }}

with

base as (
    select * from {{ ref('base_shopify_fivetran__customer') }}
),

addresses as (
    select
        *,
        row_number() over (partition by customer_id order by address_id desc) as address_number,
        max(_staged_batch) over (partition by customer_id) as newest_batch
    from {{ ref('stg_shopify_fivetran__addresses') }}
    where is_default
),

accepted as (
    select
        base.customer_id,
        base.first_name,
        base.last_name,
        base.email,
        base.email_identifier,
        coalesce(base.phone, addresses.phone) as phone,
        addresses.address_line,
        addresses.postcode,
        addresses.city,
        addresses.country,
        base.updated_at,
        base._record_key,
        greatest(base._staged_batch, addresses.newest_batch) as _staged_batch
    from base
    left join addresses
        on base.customer_id = addresses.customer_id and addresses.address_number = 1
    where base._row_status = 'accepted'
)

select * from accepted
