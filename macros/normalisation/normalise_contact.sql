{%- macro normalise_contact(relation, country='cast(null as text)') -%}
    select
        *,
        {{ canonical_email('email') }} as email_identifier
    from (
        {{ normalise_phone(relation, 'raw_phone', country) }}
    ) as phones
{%- endmacro -%}
