{% set value_columns = identifier_value_columns() %}
{% set key_columns = ['source_model'] + filled_with_empty_text(value_columns) %}

with

observed as (
    {% for source in identity_sources() %}
    select
        '{{ source.model }}' as source_model,
        {{ identifier_columns(source.identifiers) }},
        {{ source.record_id }} as record_id,
        {{ source.observed_at }} as observed_at
    from {{ ref(source.model) }}
    {{ "union all" if not loop.last }}
    {% endfor %}
),

grouped as (
    select
        source_model,
        {{ value_columns | join(', ') }},
        count(*) as record_count,
        min(record_id) as sample_record_id,
        min(observed_at) as first_observed_at,
        max(observed_at) as last_observed_at
    from observed
    where coalesce({{ value_columns | join(', ') }}) is not null
    group by source_model, {{ value_columns | join(', ') }}
),

keyed as (
    select
        {{ surrogate_key(key_columns) }} as identifier_set_id,
        grouped.*
    from grouped
)

select * from keyed
