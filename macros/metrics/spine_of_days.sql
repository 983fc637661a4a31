{% macro spine_of_days() %}
    select cast(generated.day_start as date) as date_day
    from generate_series(
        timestamp '2015-01-01 00:00:00', timestamp '2039-12-31 00:00:00', interval '1 day'
    ) as generated (day_start)
{%- endmacro %}
