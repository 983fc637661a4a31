{# Query of the versions of all records that can be matched; `version_rank` 1 is the newest of its record. #}
{% macro match_record_versions() %}
    {%- for source in match_sources() %}
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
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        cast(null as text) as source_model,
        cast(null as text) as record_id,
        cast(null as text) as identifier_type,
        cast(null as text) as identifier_value,
        {%- for attribute in match_attributes() %}
        cast(null as text) as {{ attribute }},
        {%- endfor %}
        cast(null as boolean) as is_current,
        cast(null as timestamp) as observed_at,
        cast(null as bigint) as version_rank
    where 1 = 0
    {%- endfor %}
{% endmacro %}
