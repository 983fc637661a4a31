{#- Pairs of records that are together by some columns, by the sources of both. -#}
{%- macro pairs(columns, where="true") %}
    with sizes as (
        select {{ columns | name_list }}, source_model, sum(n) as n
        from counted where {{ where | safe }} group by all
    )
    select a.source_model as source_a, b.source_model as source_b,
        sum(case when a.source_model = b.source_model then a.n * (a.n - 1) // 2
            else a.n * b.n end) as pairs
    from sizes as a
    inner join sizes as b
        on a.source_model <= b.source_model
        {% for column in columns %}
        and a.{{ column }} = b.{{ column }}
        {% endfor %}
    group by all
{% endmacro -%}
with counted as (
    select source_model, person, chain, profile, is_covered, count(*)::hugeint as n
    from evaluated where is_in_scope and not is_ambiguous group by all
),
reachable as ({{ pairs(["chain"]) }}),
predicted as ({{ pairs(["profile"], "is_covered") }}),
right_ones as ({{ pairs(["profile", "person"], "is_covered") }}),
found as ({{ pairs(["profile", "chain"], "is_covered") }})
select
    reachable.source_a, reachable.source_b, reachable.pairs::bigint as reachable_pairs,
    round(coalesce(right_ones.pairs, 0) / nullif(predicted.pairs, 0), 5) as precision,
    round(coalesce(found.pairs, 0) / nullif(reachable.pairs, 0), 4) as recall
from reachable
left join predicted using (source_a, source_b)
left join right_ones using (source_a, source_b)
left join found using (source_a, source_b)
order by reachable_pairs desc, source_a, source_b
