{#- Line ends inside the records of each file. -#}
select
    file_index,
    sum(length(text) - length(replace(text, chr(10), '')))::bigint as line_end_count
from (
    select
        {{ file_index }} as file_index,
        {% for column in columns %}
        coalesce(rows.{{ column }}, ''){% if not loop.last %} ||{% else %} as text{% endif %}

        {% endfor %}
    from {{ source }}
    where false {% for column in columns %} or contains(rows.{{ column }}, chr(10)){% endfor %}

    union all
    select
        file_index,
        original_text as text
    from temp.landing_rejects
)
group by file_index
