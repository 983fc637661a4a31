{{ base_config(in_place=true) }}

-- Stages are free to each company, so two booleans say how a deal ended.
with

source as (
    {{ warehouse_source(
        'hubspot_fivetran', 'deal', key='deal_id',
        cursor='_fivetran_synced', deleted='_fivetran_deleted'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('"deal_id"') }} as deal_id,
        {{ trimmed('"property_dealname"') }} as name,
        {{ trimmed('"deal_pipeline_id"') }} as pipeline_id,
        {{ trimmed('"deal_pipeline_stage_id"') }} as stage_id,
        {{ to_boolean('"property_hs_is_closed"') }} as is_closed,
        {{ to_boolean('"property_hs_is_closed_won"') }} as is_won,
        cast({{ to_number('"property_amount"') }} as numeric(18, 2)) as amount,
        upper({{ trimmed('"property_deal_currency_code"') }}) as currency,
        coalesce({{ to_boolean('"is_deleted"') }}, false) as is_deleted,
        {{ to_timestamp('"property_closedate"') }} as closes_at,
        {{ to_timestamp('"property_createdate"') }} as created_at,
        coalesce({{ to_timestamp('"property_hs_lastmodifieddate"') }}, _loaded_at) as updated_at
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='deal_id', newest_first='_loaded_at', rules=[
    missing('deal_id'),
]) }}

select * from staged
