{{ config(schema='metrics', group='audiences', materialized='table') }}

with

{% for contract in outside_columns() | map(attribute=0) | unique %}
{{ contract }}_inputs as (
    {{ input_rows(contract) }}
),

{% endfor %}
outside_values as (
    {{ outside_value_rows() }}
),

known_values as (
    {{ vocabulary_rows() }}
),

unknown_values as (
    select
        outside_values.connector,
        outside_values.input_name,
        outside_values.column_name,
        outside_values.vocabulary,
        {{ shown_value('outside_values.value') }} as value,
        outside_values.record_count,
        outside_values.first_seen_at
    from outside_values
    left join known_values
        on
            outside_values.vocabulary = known_values.vocabulary
            and outside_values.value = known_values.value
    where known_values.value is null
),

grouped_values as (
    select
        {{ surrogate_key(['connector', 'input_name', 'column_name', 'value']) }}
            as unmapped_value_id,
        connector,
        input_name,
        column_name,
        value,
        cast(sum(record_count) as bigint) as record_count,
        {{ remedy_of('vocabulary') }} as remedy,
        min(first_seen_at) as first_seen_at
    from unknown_values
    group by connector, input_name, column_name, vocabulary, value
)

select * from grouped_values
