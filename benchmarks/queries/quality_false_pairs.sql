with sizes as (
    select
        profile, person, count(*) as n, count(*) filter (not is_ambiguous) as clear
    from evaluated where is_covered and is_in_scope group by profile, person
),
welded as (
    select
        a.profile, a.person as person_a, b.person as person_b,
        a.n * b.n as pairs, a.clear * b.clear as clear_pairs
    from sizes as a
    inner join sizes as b on a.profile = b.profile and a.person < b.person
),
held as (
    select distinct profile, person, identifier
    from carried where profile is not null and person is not null
),
carriers as (
    select
        welded.profile, welded.person_a, welded.person_b,
        string_agg(distinct marked.identifier_type || ': ' || marked.dirt, ' + '
            order by marked.identifier_type || ': ' || marked.dirt) as carrier
    from welded
    inner join held as a on a.profile = welded.profile and a.person = welded.person_a
    inner join held as b
        on
            b.profile = welded.profile and b.person = welded.person_b
            and a.identifier = b.identifier
    inner join marked on marked.identifier = a.identifier
    group by all
)
select
    coalesce(carriers.carrier, 'through others') as welded_by,
    count(*) as person_pairs, sum(clear_pairs)::bigint as false_pairs,
    sum(pairs)::bigint as with_ambiguous
from welded left join carriers using (profile, person_a, person_b)
group by 1 order by 4 desc, 1
