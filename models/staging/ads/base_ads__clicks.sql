{{ base_config() }}

with

source as (
    {{ staging_source('ads', 'clicks') }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('click_id') }} as click_id,
        lower({{ trimmed('platform') }}) as platform,
        {{ trimmed('campaign_id') }} as campaign_id,
        coalesce({{ trimmed('campaign_name') }}, {{ trimmed('utm_campaign') }}) as campaign_name,
        {{ trimmed('utm_source') }} as campaign_source,
        {{ trimmed('utm_medium') }} as campaign_medium,
        {{ trimmed('landing_url') }} as landing_url,
        {{ to_number(trimmed('cost_amount')) }} as cost_amount,
        upper({{ trimmed('currency') }}) as currency,
        {{ to_timestamp('clicked_at') }} as clicked_at
    from source
    {{ optimisation_fence() }}
),

{{ staged('typed', key='click_id', newest_first='clicked_at', rules=[
    missing('click_id'),
    required('clicked_at', 'timestamp'),
    missing('platform'),
    unreadable('cost_amount', 'number'),
    negative('cost_amount'),
]) }}

select * from staged
