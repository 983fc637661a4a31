with

profile_identifiers as (
    select * from {{ ref('profile_identifiers') }}
    where profile_id is not null
),

{% for source in identity_sources() %}
{{ source.model }}_identified as (
    select
        {{ source.record_id }} as record_id,
        {%- for identifier_type, expression in source.identifiers.items() %}
        {{ expression }} as {{ identifier_type }}_value{{ "," if not loop.last }}
        {%- endfor %}
    from {{ ref(source.model) }}
),

{{ source.model }}_profiles as (
    select
        '{{ source.model }}' as source_model,
        records.record_id,
        coalesce(
            {%- for identifier_type in source.identifiers %}
            {{ identifier_type }}_profiles.profile_id,
            {%- endfor %}
            null
        ) as profile_id
    from {{ source.model }}_identified as records
    {%- for identifier_type in source.identifiers %}
    left join profile_identifiers as {{ identifier_type }}_profiles
        on
            {{ identifier_type }}_profiles.identifier_type = '{{ identifier_type }}'
            and records.{{ identifier_type }}_value = {{ identifier_type }}_profiles.identifier_value
    {%- endfor %}
    where coalesce(
        {%- for identifier_type in source.identifiers %}
        records.{{ identifier_type }}_value,
        {%- endfor %}
        null
    ) is not null
),

{% endfor %}

unioned as (
    {% for source in identity_sources() %}
    select * from {{ source.model }}_profiles
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select * from unioned
