{#-
    The keys of the JSON objects of each file, and whether a line with them cannot be stored. With
    `skips`, sets such lines aside instead. Conditions are written as `case` because DuckDB evaluates
    both sides of an `or`.
-#}
{% set keys %}try(json_keys(rows.line)){% endset %}
{% set is_object %}
case
    when rows.line[1] = '{' then true
    else starts_with(ltrim(rows.line, ' ' || chr(9)), '{')
end
{% endset %}
{#- The escape of a NUL character, unless the backslash itself is escaped. -#}
{% set has_nul %}
case
    when contains(rows.line, '\u0000')
        then regexp_matches(rows.line, '(^|[^\\])(\\\\)*\\u0000')
    else false
end
{% endset %}
{% if skips %}
insert into landing_skipped
select
    rows.rowid as id,
    {{ file_index }} as file_index,
    {{ position }} as position,
    case
        when trim(rows.line, ' ' || chr(9)) = '' then null
        when not {{ is_object }} then 'not a JSON object'
        when {{ keys }} is null and not ends_with(rtrim(rows.line), '}')
            then 'malformed JSON: the line ends before the object does'
        when {{ keys }} is null then 'malformed JSON'
        else {{ nul_reason | literal }}
    end as reason,
    replace(rows.line, chr(0), chr(65533)) as original_text
from {{ source }}
where
    rows.line is not null
    and (not {{ is_object }} or {{ keys }} is null or {{ has_nul }})
{% else %}
select
    file_index,
    keys,
    is_bad
from (
    select
        {{ file_index }} as file_index,
        {{ keys }} as keys,
        not {{ is_object }} or {{ has_nul }} as is_bad,
        rows.rowid as id
    from {{ source }}
    where rows.line is not null
)
group by all
order by file_index, min(id)
{% endif %}
