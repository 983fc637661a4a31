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
