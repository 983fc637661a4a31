{#- How many values of each column have which form; the forms are those that staging macros read. -#}
select
    column_name,
    count(*) as filled,
    count(distinct value) as different,
    count(*) filter (
        regexp_full_match(value, '[^@\s,;]+@([A-Za-z0-9-]+[.])+[A-Za-z]{2,63}')
    ) as emails,
    count(*) filter (
        regexp_full_match(value, '[+(]?[0-9][0-9 ()/.-]{6,18}[0-9]')
        and not regexp_full_match(value, '[0-9]{4}-[0-9]{2}-[0-9]{2}')
    ) as phones,
    count(*) filter (regexp_full_match(value, '[+][1-9][0-9]{7,14}')) as international_phones,
    count(*) filter (
        regexp_full_match(
            value,
            '(19|20|21)[0-9]{2}[-/][0-9]{1,2}[-/][0-9]{1,2}(,? |T)[0-9]{1,2}:[0-9]{2}'
            || '(:[0-9]{2}([.][0-9]{1,9})?)?( ?[AaPp][Mm])? ?(Z|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?)?'
        )
        or regexp_full_match(value, '1[0-9]{12}')
    ) as timestamps,
    count(*) filter (
        regexp_full_match(value, '(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}')
        and try_cast(value as date) is not null
    ) as dates,
    count(*) filter (regexp_full_match(value, '[+-]?(0|[1-9][0-9]{0,17})')) as integers,
    count(*) filter (regexp_full_match(value, '[+-]?[0-9]{1,16}([.][0-9]{1,20})?')) as numbers,
    count(*) filter (
        lower(value) in ('true', 'false', 't', 'f', 'yes', 'no', 'y', 'n', '0', '1')
    ) as booleans,
    count(*) filter (lower(value) in ('0', '1')) as bits,
    list(distinct value order by value)[1:200] as examples
from (
    unpivot (select {{ columns | name_list }} from sample)
    on {{ columns | name_list }}
    into name column_name value value
) as filled_values
where trim(value) <> ''
group by column_name
