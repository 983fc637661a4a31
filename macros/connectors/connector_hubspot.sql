{# HubSpot: CSV exports of contacts, companies and deals. #}
{% macro connector_hubspot() %}
    {% do return(hubspot_entries('hubspot')) %}
{% endmacro %}

{# Entries of the models that every connector of HubSpot has. #}
{% macro hubspot_entries(connector) %}
    {% set contacts, base = 'stg_' ~ connector ~ '__contacts', 'base_' ~ connector ~ '__contacts' %}
    {% do return({
        contacts: {
            'record_id': '_record_key', 'observed_at': 'updated_at',
            'identifiers': {
                'hubspot_contact': 'contact_id', 'merged_contact': 'surviving_contact',
                'email': 'email_identifier', 'phone': 'phone', 'birth_date': 'cast(birth_date as text)',
                'given_initial': identity_initial('first_name'),
            },
            'events': {'event_name': "'contact_updated'"},
            'contacts': {
                'where': 'not is_merged',
                'same': [
                    'email', 'email_identifier', 'phone', 'first_name', 'last_name', 'birth_date', 'address_line',
                    'postcode', 'city', 'country',
                ],
            },
            'crm_contacts': {
                'where': 'not is_merged',
                'same': [
                    'contact_id', 'email', 'email_identifier', 'phone', 'first_name', 'last_name', 'address_line',
                    'postcode', 'city', 'country', 'is_unreadable_email', 'is_unreadable_phone',
                ],
                'is_deleted': 'false',
            },
            'messages': {
                'where': 'bounce_reason is not null and email_identifier is not null',
                'same': ['email_identifier'], 'event_name': "'email_bounced'", 'bounce_type': "'hard'",
            },
            'trust': {'email': 14, 'phone': 14, 'name': 14, 'birth_date': 24, 'address': 14},
        },
        'stg_' ~ connector ~ '__merges': {
            'base': base, 'record_suffixes': hubspot_alias_suffixes(),
            'record_id': '_record_key', 'observed_at': 'updated_at',
            'identifiers': {
                'hubspot_contact': 'coalesce(merged_contact_id, contact_id)', 'merged_contact': 'surviving_contact',
                'email': 'email_identifier',
            },
            'events': {
                'event_name': "case when merged_contact_id is null then 'contact_updated' else 'contact_merged' end",
            },
        },
        'stg_' ~ connector ~ '__consents': {
            'base': base, 'record_suffixes': ['/consent'],
            'record_id': '_record_key', 'observed_at': 'updated_at',
            'identifiers': {'hubspot_contact': 'contact_id', 'email': 'email_identifier'},
            'events': {'event_name': consent_event('status')},
            'consents': {
                'same': ['status'], 'identifier_type': "'email'", 'identifier_value': 'email_identifier',
                'consent_channel': "'email'", 'purpose': "'marketing'", 'source': "'hubspot'",
                'observed_at': 'recorded_at',
            },
        },
        'stg_' ~ connector ~ '__companies': {
            'record_id': '_record_key', 'observed_at': 'updated_at',
            'companies': {'same': ['company_id', 'name', 'domain', 'country', 'industry'], 'is_deleted': 'false'},
        },
        'stg_' ~ connector ~ '__deals': {
            'record_id': '_record_key', 'observed_at': 'updated_at',
            'opportunities': {
                'same': [
                    'company_id', 'name', 'stage', 'status', 'amount', 'currency', 'opened_at', 'closed_at',
                    'expected_close_date',
                ],
                'opportunity_id': 'deal_id', 'is_deleted': 'false',
            },
        },
    }) %}
{% endmacro %}

{# Ends of the keys of what one contact lists in a cell: ten entries of each kind count. #}
{% macro hubspot_alias_suffixes() %}
    {% set suffixes = [] %}
    {% for number in range(1, 11) %}
        {% do suffixes.extend(['/merged/' ~ number, '/address/' ~ number]) %}
    {% endfor %}
    {% do return(suffixes) %}
{% endmacro %}

{# Query of one row per contact that was merged into a contact, and per further address of a contact. #}
{% macro hubspot_aliases(base) %}
    select
        contact_id,
        merged_contact_id,
        case when merged_contact_id is not null then 'hubspot:' || contact_id end as surviving_contact,
        {{ canonical_email('email') }} as email_identifier,
        updated_at,
        _record_key || suffix as _record_key,
        _staged_batch
    from (
        select
            listed.*,
            case when kind = 'merged' then {{ trimmed('listed_text') }} end as merged_contact_id,
            case when kind = 'address' then {{ normalise_email('listed_text') }} end as email,
            '/' || kind || '/' || cast(listed_number as text) as suffix
        from (
            {%- for kind, column in {'merged': 'merged_contact_ids', 'address': 'additional_emails'}.items() %}
            select
                contact_id,
                updated_at,
                _record_key,
                _staged_batch,
                '{{ kind }}' as kind,
                replace(cast(element as text), '"', '') as listed_text,
                element_number as listed_number
            from (
                select
                    {{ base }}.*,
                    {{ json_elements('parsed_list', ['listed']) }}
                from (
                    select
                        *,
                        {{ parse_json("'{\"listed\":[\"' || replace(" ~ column ~ ", ';', '\",\"') || '\"]}'") }} as parsed_list
                    from {{ base }}
                    where {{ column }} is not null
                ) as {{ base }}
            ) as unnested
            {{ 'union all' if not loop.last }}
            {%- endfor %}
        ) as listed
        where listed_number <= 10
    ) as aliases
    where merged_contact_id is not null or email is not null
{%- endmacro %}

{#
    Query of the consents of contacts to marketing email. Legitimate interest is no consent. HubSpot has no date for
    either answer: a grant may be old, so any dated withdrawal is newer; an opt-out was made at the latest change of the
    contact at the latest. A grant that is gone counts as withdrawn.
#}
{% macro hubspot_consents(base) %}
    select
        contact_id,
        email_identifier,
        case when is_granted then 'granted' else 'withdrawn' end as status,
        case when is_granted then timestamp '1970-01-01 00:00:00' else updated_at end as recorded_at,
        updated_at,
        _record_key || '/consent' as _record_key,
        _staged_batch
    from (
        select
            *,
            not has_opted_out and coalesce(legal_basis like '%freely given consent%', false) as is_granted,
            max(case when legal_basis like '%freely given consent%' then 1 else 0 end) over (
                partition by _record_key
            ) as was_granted
        from {{ base }}
    ) as answers
    where
        _row_status = 'accepted'
        and email_identifier is not null
        and (is_granted or has_opted_out or was_granted = 1)
{%- endmacro %}
