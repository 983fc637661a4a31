with counted as (
    select source_model, person, chain, profile, is_covered, count(*)::hugeint as n
    from evaluated where is_in_scope and not is_ambiguous group by all
),
by_chain as (
    select chain, source_model, sum(n) as n from counted group by all
),
by_profile as (
    select profile, source_model, sum(n) as n from counted where is_covered group by all
),
by_both as (
    select profile, person, source_model, sum(n) as n from counted where is_covered
    group by all
),
by_all as (
    select profile, chain, source_model, sum(n) as n from counted where is_covered
    group by all
),
reachable as (
    select a.source_model as source_a, b.source_model as source_b,
        sum(case when a.source_model = b.source_model then a.n * (a.n - 1) // 2
            else a.n * b.n end) as pairs
    from by_chain as a
    inner join by_chain as b on a.chain = b.chain and a.source_model <= b.source_model
    group by all
),
predicted as (
    select a.source_model as source_a, b.source_model as source_b,
        sum(case when a.source_model = b.source_model then a.n * (a.n - 1) // 2
            else a.n * b.n end) as pairs
    from by_profile as a
    inner join by_profile as b on a.profile = b.profile and a.source_model <= b.source_model
    group by all
),
right_ones as (
    select a.source_model as source_a, b.source_model as source_b,
        sum(case when a.source_model = b.source_model then a.n * (a.n - 1) // 2
            else a.n * b.n end) as pairs
    from by_both as a
    inner join by_both as b
        on a.profile = b.profile and a.person = b.person
            and a.source_model <= b.source_model
    group by all
),
found as (
    select a.source_model as source_a, b.source_model as source_b,
        sum(case when a.source_model = b.source_model then a.n * (a.n - 1) // 2
            else a.n * b.n end) as pairs
    from by_all as a
    inner join by_all as b
        on a.profile = b.profile and a.chain = b.chain and a.source_model <= b.source_model
    group by all
)
select
    reachable.source_a, reachable.source_b, reachable.pairs::bigint as reachable_pairs,
    round(coalesce(right_ones.pairs, 0) / nullif(predicted.pairs, 0), 5) as precision,
    round(coalesce(found.pairs, 0) / nullif(reachable.pairs, 0), 4) as recall
from reachable
left join predicted using (source_a, source_b)
left join right_ones using (source_a, source_b)
left join found using (source_a, source_b)
order by reachable_pairs desc, source_a, source_b
