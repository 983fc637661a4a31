{{ base_config() }}

with

source as (
    {{ staging_source('hubspot', 'companies') }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('"Record ID"') }} as company_id,
        {{ trimmed('"Company name"') }} as name,
        lower({{ trimmed('"Company Domain Name"') }}) as domain,
        {{ trimmed('"Industry"') }} as industry,
        {{ trimmed('"City"') }} as city,
        {{ country_code('"Country/Region"') }} as country,
        {{ to_integer(trimmed('"Number of Employees"')) }} as employee_count,
        cast({{ to_number(trimmed('"Annual Revenue"')) }} as numeric(18, 2))
            as annual_revenue_amount,
        {{ to_timestamp(trimmed('"Create Date"')) }} as created_at,
        coalesce({{ to_timestamp(trimmed('"Last Modified Date"')) }}, _loaded_at) as updated_at
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='company_id', newest_first='updated_at', rules=[
    missing('Record ID', 'company_id'),
]) }}

select * from staged
