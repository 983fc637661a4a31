{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source(
        'hubspot_fivetran', 'company', key='id',
        cursor='_fivetran_synced', deleted='_fivetran_deleted'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('"id"') }} as company_id,
        {{ trimmed('"property_name"') }} as name,
        lower({{ trimmed('"property_domain"') }}) as domain,
        {{ trimmed('"property_industry"') }} as industry,
        {{ trimmed('"property_city"') }} as city,
        {{ country_code('"property_country"') }} as country,
        {{ to_integer('"property_numberofemployees"') }} as employee_count,
        cast({{ to_number('"property_annualrevenue"') }} as numeric(18, 2))
            as annual_revenue_amount,
        coalesce({{ to_boolean('"is_deleted"') }}, false) as is_deleted,
        {{ to_timestamp('"property_createdate"') }} as created_at,
        coalesce({{ to_timestamp('"property_hs_lastmodifieddate"') }}, _loaded_at) as updated_at
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='company_id', newest_first='_loaded_at', rules=[
    missing('id', 'company_id'),
]) }}

select * from staged
