{{ base_config() }}

with

source as (
    {{ staging_source('social', 'messages') }}
),

typed as (
    select
        {{ landed_columns() }},
        {{ trimmed('message_id') }} as message_id,
        lower({{ trimmed('network') }}) as network,
        lower({{ trimmed("ltrim(handle, ' @')") }}) as handle,
        shared_email as raw_email,
        {{ normalise_email('shared_email') }} as email,
        {{ trimmed('text') }} as message_text,
        lower({{ trimmed('direction') }}) as direction,
        {{ to_timestamp('sent_at') }} as sent_at
    from source
    {{ optimisation_fence() }}
),

identified as (
    select
        *,
        {{ canonical_email('email') }} as email_identifier
    from typed
),

{{ staged('identified', key='message_id', newest_first='sent_at', rules=[
    missing('message_id'),
    required('sent_at', 'timestamp'),
    missing('network'),
    missing('handle'),
]) }}

select * from staged
