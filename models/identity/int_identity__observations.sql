with

identifier_sets as (
    select * from {{ ref('int_identity__identifier_sets') }}
),

observed as (
    {% for identifier_type in identifier_types_used() %}
    select
        identifier_set_id,
        '{{ identifier_type }}' as identifier_type,
        {{ identifier_type }}_value as identifier_value,
        source_model,
        record_count,
        first_observed_at,
        last_observed_at
    from identifier_sets
    where {{ identifier_type }}_value is not null
    {{ "union all" if not loop.last }}
    {% endfor %}
)

select * from observed
