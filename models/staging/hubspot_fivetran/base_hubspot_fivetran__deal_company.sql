{{ base_config(in_place=true) }}

-- One row per pair and kind of association, so a pair occurs several times.
with

source as (
    {{ warehouse_source(
        'hubspot_fivetran', 'deal_company', key=['deal_id', 'company_id', 'type_id', 'category'],
        cursor='_fivetran_synced'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('"deal_id"') }} as deal_id,
        {{ trimmed('"company_id"') }} as company_id,
        coalesce({{ trimmed('"type_id"') }}, '') as type_id,
        coalesce({{ trimmed('"category"') }}, '') as category
    from source
    {{ optimisation_fence() }}
),

{{ staged(
    'typed', key=['deal_id', 'company_id', 'type_id', 'category'], newest_first='_loaded_at',
    rules=[missing('deal_id'), missing('company_id')]
) }}

select * from staged
