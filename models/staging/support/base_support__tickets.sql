{{ base_config() }}

with

source as (
    {{ staging_source('support', 'tickets', json_columns=['requester']) }}
),

unpacked as (
    select
        *,
        {{ json_fields('parsed_requester', {
            'requester_email': 'email',
            'requester_phone': 'phone',
            'requester_full_name': 'name',
        }) }}
    from source
    {{ optimisation_fence() }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('ticket_id') }} as ticket_id,
        requester_email as raw_email,
        {{ normalise_email('requester_email') }} as email,
        requester_phone as raw_phone,
        {{ trimmed('requester_full_name') }} as requester_name,
        {{ trimmed('order_id') }} as order_id,
        {{ trimmed('subject') }} as subject,
        lower({{ trimmed('status') }}) as status,
        lower({{ trimmed('source') }}) as source,
        {{ to_integer(trimmed('satisfaction')) }} as satisfaction,
        {{ to_timestamp('created_at') }} as created_at,
        {{ to_timestamp('updated_at') }} as updated_at
    from unpacked
    {{ optimisation_fence() }}
),

identified as (
    {{ normalise_contact('typed') }}
),

{{ staged('identified', key=['ticket_id', 'updated_at'], newest_first='updated_at', rules=[
    missing('ticket_id'),
    required('created_at', 'timestamp'),
    required('updated_at', 'timestamp'),
    unreadable('satisfaction', 'number'),
]) }}

select * from staged
