{#
    Select of one source's records with the profile of the strongest identifier that has one. Expects
    a CTE `profile_identifiers` of identifiers with a profile.
#}
{% macro attributed_records(source) %}
    select
        '{{ source.model }}' as source_model,
        records.record_id,
        coalesce(
            {%- for identifier_type in source.identifiers %}
            {{ identifier_type }}_profiles.profile_id,
            {%- endfor %}
            null
        ) as profile_id
    from (
        select
            {{ source.record_id }} as record_id,
            {%- for identifier_type, expression in source.identifiers.items() %}
            {{ expression }} as {{ identifier_type }}_value{{ "," if not loop.last }}
            {%- endfor %}
        from {{ ref(source.model) }}
    ) as records
    {%- for identifier_type in source.identifiers %}
    left join profile_identifiers as {{ identifier_type }}_profiles
        on
            {{ identifier_type }}_profiles.identifier_type = '{{ identifier_type }}'
            and records.{{ identifier_type }}_value
            = {{ identifier_type }}_profiles.identifier_value
    {%- endfor %}
    where coalesce(
        {%- for identifier_type in source.identifiers %}
        records.{{ identifier_type }}_value,
        {%- endfor %}
        null
    ) is not null
{% endmacro %}
