{{ base_config(in_place=true) }}

with

source as (
    {{ warehouse_source(
        'hubspot_fivetran', 'email_event_bounce', key='id', cursor='_fivetran_synced'
    ) }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('"id"') }} as event_id,
        upper({{ trimmed('"category"') }}) as category
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='event_id', newest_first='_loaded_at', rules=[
    missing('id', 'event_id'),
]) }}

select * from staged
