with chosen as (
    select * from evaluated where is_in_scope and ({{ where }})
),
by_person as (select count(*) as n from chosen group by person),
by_chain as (select count(*) as n from chosen group by chain),
by_profile as (select count(*) as n from chosen where is_covered group by profile),
by_both as (
    select count(*) as n from chosen where is_covered group by profile, person
),
by_all as (select count(*) as n from chosen where is_covered group by profile, chain)
select
    (select coalesce(sum(cast(n as hugeint) * (n - 1)), 0) // 2 from by_person), (select coalesce(sum(cast(n as hugeint) * (n - 1)), 0) // 2 from by_chain),
    (select coalesce(sum(cast(n as hugeint) * (n - 1)), 0) // 2 from by_profile), (select coalesce(sum(cast(n as hugeint) * (n - 1)), 0) // 2 from by_both),
    (select coalesce(sum(cast(n as hugeint) * (n - 1)), 0) // 2 from by_all)
