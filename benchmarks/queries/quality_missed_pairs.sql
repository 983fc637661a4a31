with parts as (
    select
        chain, coalesce(profile, 'record ' || record) as part,
        count(*) as n, count(*) filter (not is_ambiguous) as clear
    from evaluated where is_in_scope group by all
),
ranked as (
    select
        *,
        row_number() over (partition by chain order by n desc, part) as place,
        sum(n) over (partition by chain order by n desc, part) - n as before,
        sum(clear) over (partition by chain order by n desc, part) - clear as clear_before
    from parts
),
carried_by_part as (
    select distinct chain, coalesce(evaluated.profile, 'record ' || record) as part, identifier
    from evaluated inner join carried using (record)
    where evaluated.is_in_scope
        and evaluated.chain in (select chain from ranked where place > 1)
),
torn as (
    select chain, identifier from carried_by_part group by all having count(*) > 1
),
reasons as (
    select
        c.chain, c.part,
        string_agg(distinct m.identifier_type || ': ' || case
            when m.is_blocked then 'blocked' when m.is_shared then 'shared'
            else coalesce(m.inactive_reason, 'not linked')
        end, ' + ') as reason
    from carried_by_part as c
    inner join torn using (chain, identifier)
    inner join marked as m using (identifier)
    group by all
)
select
    coalesce(list_aggregate(list_sort(string_split(reason, ' + ')), 'string_agg', ' + '),
        'joined through larger parts only') as kept_apart_by,
    count(*) as parts, sum(clear * clear_before)::bigint as missed_pairs,
    sum(n * before)::bigint as with_ambiguous
from ranked left join reasons using (chain, part)
where place > 1
group by 1 order by 4 desc, 1
