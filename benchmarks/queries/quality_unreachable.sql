with types as (
    select
        evaluated.person, evaluated.chain, count(distinct evaluated.record) as n,
        string_agg(distinct identifier_type, ' + ' order by identifier_type) as carries
    from evaluated
    inner join carried using (record)
    inner join marked using (identifier)
    where evaluated.is_in_scope
    group by evaluated.person, evaluated.chain
),
ranked as (
    select
        *,
        row_number() over (partition by person order by n desc, chain) as place,
        sum(n) over (partition by person order by n desc, chain) - n as before
    from types
)
select carries as smaller_part, count(*) as parts, sum(n * before)::bigint as pairs
from ranked where place > 1 group by 1 order by 3 desc, 1 limit 15
