{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source(
        'hubspot_fivetran', 'deal_pipeline_stage', key=['pipeline_id', 'stage_id'],
        cursor='_fivetran_synced', deleted='_fivetran_deleted'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        coalesce({{ trimmed('"pipeline_id"') }}, '') as pipeline_id,
        {{ trimmed('"stage_id"') }} as stage_id,
        {{ trimmed('"label"') }} as label,
        {{ to_boolean('"is_closed"') }} as is_closed,
        {{ to_number('"probability"') }} as probability
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key=['pipeline_id', 'stage_id'], newest_first='_loaded_at', rules=[
    missing('stage_id'),
]) }}

select * from staged
