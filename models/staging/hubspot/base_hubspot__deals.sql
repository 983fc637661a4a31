{{ base_config() }}

-- Stages are free to each company, so two booleans say how a deal ended. The names of HubSpot's own
-- final stages count where an export lacks the booleans.
with

source as (
    {{ staging_source('hubspot', 'deals') }}
),

trimmed_columns as (
    select
        *,
        {{ trimmed('"Deal Stage"') }} as stage_label
    from source
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('"Record ID"') }} as deal_id,
        {{ trimmed('split_part("Associated Company IDs", \';\', 1)') }} as company_id,
        {{ trimmed('split_part("Associated Contact IDs", \';\', 1)') }} as contact_id,
        {{ trimmed('"Deal Name"') }} as name,
        {{ trimmed('"Pipeline"') }} as pipeline,
        stage_label as stage,
        coalesce(
            {{ to_boolean(trimmed('"Is Deal Closed?"')) }},
            lower(stage_label) in ('closed won', 'closed lost')
        ) as is_closed,
        coalesce(
            {{ to_boolean(trimmed('"Is Closed Won"')) }}, lower(stage_label) = 'closed won'
        ) as is_won,
        cast({{ to_number(trimmed('"Amount"')) }} as numeric(18, 2)) as amount,
        upper({{ trimmed('"Currency"') }}) as currency,
        {{ to_timestamp(trimmed('"Close Date"')) }} as closes_at,
        {{ to_timestamp(trimmed('"Create Date"')) }} as created_at,
        coalesce({{ to_timestamp(trimmed('"Last Modified Date"')) }}, _loaded_at) as updated_at
    from trimmed_columns
    {{ optimisation_fence() }}
),

{{ staged('typed', key='deal_id', newest_first='updated_at', rules=[
    missing('Record ID', 'deal_id'),
]) }}

select * from staged
