{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source(
        'hubspot_fivetran', 'deal_pipeline', key='pipeline_id', cursor='_fivetran_synced',
        deleted='_fivetran_deleted'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('"pipeline_id"') }} as pipeline_id,
        {{ trimmed('"label"') }} as label
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='pipeline_id', newest_first='_loaded_at', rules=[
    missing('pipeline_id'),
]) }}

select * from staged
