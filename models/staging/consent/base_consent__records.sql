{{ base_config() }}

with

source as (
    {{ staging_source('consent', 'records') }}
),

typed as (
    select
        {{ landed_columns() }},
        coalesce(
            {{ trimmed('consent_id') }},
            {{ surrogate_key([
                'identifier_type', 'identifier_value', 'channel', 'purpose', 'status', 'recorded_at',
            ]) }}
        ) as consent_id,
        lower({{ trimmed('identifier_type') }}) as identifier_type,
        identifier_value as raw_identifier_value,
        case
            when coalesce(lower({{ trimmed('identifier_type') }}), '') not in ('phone', 'device')
                then {{ normalise_email('identifier_value') }}
        end as email,
        case
            when lower({{ trimmed('identifier_type') }}) = 'phone' then identifier_value
        end as raw_phone,
        lower({{ trimmed('channel') }}) as channel,
        lower({{ trimmed('purpose') }}) as purpose,
        lower({{ trimmed('status') }}) as status,
        {{ trimmed('source') }} as source,
        {{ trimmed('proof') }} as proof,
        {{ to_timestamp('recorded_at') }} as recorded_at
    from source
    {{ optimisation_fence() }}
),

with_phone as (
    {{ normalise_phone('typed', 'raw_phone') }}
),

identified as (
    select
        *,
        case identifier_type
            when 'email' then {{ canonical_email('email') }}
            when 'phone' then phone
            else coalesce({{ canonical_email('email') }}, {{ trimmed('raw_identifier_value') }})
        end as identifier_value
    from with_phone
),

-- Only grants are rejected: an answer that cannot be read and is no grant suppresses the person.
{{ staged('identified', key='consent_id', newest_first='recorded_at', rules=[
    only_if(is_granted_consent('status'), missing('consent_id', trimmed('(_raw).consent_id'))),
    required('identifier_value', 'usable identifier'),
    only_if(is_granted_consent('status'), required('recorded_at', 'timestamp') + [
        missing('identifier_type'),
        missing('channel'),
        missing('purpose'),
    ]),
]) }}

select * from staged
