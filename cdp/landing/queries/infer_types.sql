{#- The type that the first rows of each file look like, per column; null without a value. -#}
select
    file_index
    {% for column in columns %}
    , case bit_or(
        case
            when {{ column }} is null then null
            when regexp_matches({{ column }}, '^[-+]?[0-9]+$')
                then case when try_cast({{ column }} as bigint) is null then 2 else 1 end
            when regexp_matches({{ column }}, '^[-+]?[0-9]*[.]?[0-9]+([eE][-+]?[0-9]+)?$') then 2
            when regexp_matches({{ column }}, '^[0-9]{4}-[0-9]{2}-[0-9]{2}')
                then
                    case
                        when length({{ column }}) = 10 and try_cast({{ column }} as date) is not null
                            then 4
                        when try_cast({{ column }} as timestamptz) is not null then 8
                        else 64
                    end
            when {{ column }} in ('true', 'false') then 16
            when {{ column }}[1] in ('{', '[') and json_valid({{ column }}) then 32
            else 64
        end
    )
        when 1 then 'BIGINT'
        when 2 then 'DOUBLE'
        when 3 then 'DOUBLE'
        when 4 then 'DATE'
        when 8 then 'TIMESTAMP'
        when 12 then 'TIMESTAMP'
        when 16 then 'BOOLEAN'
        when 32 then 'JSON'
        else case when count({{ column }}) > 0 then 'VARCHAR' end
    end
    {% endfor %}
from ({{ query }})
where position <= {{ sample_rows }}
group by file_index
