{{ base_config() }}

with

source as (
    {{ staging_source('email', 'events') }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('event_id') }} as event_id,
        email as raw_email,
        {{ normalise_email('email') }} as email,
        'email_' || {{ snake_case('event_type') }} as event_name,
        {{ trimmed('campaign_id') }} as campaign_id,
        {{ trimmed('campaign_name') }} as campaign_name,
        {{ trimmed('subject') }} as subject,
        {{ trimmed('link_url') }} as link_url,
        lower({{ trimmed('bounce_type') }}) as bounce_type,
        {{ to_timestamp('occurred_at') }} as occurred_at
    from source
    {{ optimisation_fence() }}
),

identified as (
    select
        *,
        {{ canonical_email('email') }} as email_identifier
    from typed
),

{{ staged('identified', key='event_id', newest_first='occurred_at', rules=[
    missing('event_id'),
    required('occurred_at', 'timestamp'),
    missing('event_type', 'event_name'),
    [trimmed('raw_email') ~ ' is null', 'email is missing'],
]) }}

select * from staged
