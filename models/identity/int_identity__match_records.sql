-- Disabled in projects that define no match sources, such as the small projects of the tests.
{{ config(enabled=match_sources is defined) }}
{%- set sources = match_sources() if match_sources is defined else [] %}

with
{% for source in sources %}
versions_{{ loop.index }} as (
    select
        '{{ source.model }}' as source_model,
        {{ source.record_id }} as record_id,
        '{{ source.identifier_type }}' as identifier_type,
        {{ source.identifier_value }} as identifier_value,
        {%- for attribute in match_attributes() %}
        {{ comparable_text(source.attributes.get(attribute, 'null')) }} as {{ attribute }},
        {%- endfor %}
        {{ source.is_current }} as is_current,
        {{ source.observed_at }} as observed_at,
        row_number() over (
            partition by {{ source.identifier_value }}
            order by {{ source.observed_at }} desc, {{ source.record_id }}
        ) as version_rank
    from {{ ref(source.model) }}
    where {{ source.identifier_value }} is not null
),
{% endfor %}
versions as (
    {%- for source in sources %}
    select * from versions_{{ loop.index }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        cast(null as text) as source_model,
        cast(null as text) as record_id,
        cast(null as text) as identifier_type,
        cast(null as text) as identifier_value,
        {%- for attribute in match_attributes() if match_sources is defined %}
        cast(null as text) as {{ attribute }},
        {%- endfor %}
        cast(null as boolean) as is_current,
        cast(null as timestamp) as observed_at,
        cast(null as bigint) as version_rank
    where 1 = 0
    {%- endfor %}
),

current_records as (
    select
        source_model,
        record_id,
        identifier_type,
        identifier_value,
        first_name,
        last_name,
        birth_date,
        street,
        street_number,
        address_extra,
        city,
        postcode,
        region,
        phone,
        email,
        observed_at
    from versions
    where
        version_rank = 1
        and is_current
)

select * from current_records
