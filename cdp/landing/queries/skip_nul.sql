{#- Rows with a NUL character, which PostgreSQL cannot store; they are left out on DuckDB too. -#}
insert into landing_skipped
select
    rows.rowid as id,
    {{ file_index }} as file_index,
    {{ position }} as position,
    {{ reason | literal }} as reason,
    replace(
        concat_ws(
            {{ delimiter | literal }}
            {% for column in columns %}
            , coalesce(rows.{{ column }}, '')
            {% endfor %}
        ),
        chr(0), chr(65533)
    ) as original_text
from {{ source }}
where false {% for column in columns %} or contains(rows.{{ column }}, chr(0)){% endfor %}
