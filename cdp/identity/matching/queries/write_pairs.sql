{#- Replaces all pairs by those of this run; one that was proposed before keeps its `matched_at`. -#}
create temporary table proposed_match_pairs as
select
    fresh.*,
    coalesce(earlier.matched_at, cast({{ now | literal }} as timestamp)) as matched_at,
    {{ model_version | literal }} as model_version
from fresh_match_pairs as fresh
left join {{ schema }}.identity_match_pairs as earlier
    on
        fresh.identifier_type_a = earlier.identifier_type_a
        and fresh.identifier_value_a = earlier.identifier_value_a
        and fresh.identifier_type_b = earlier.identifier_type_b
        and fresh.identifier_value_b = earlier.identifier_value_b;
delete from {{ schema }}.identity_match_pairs;
insert into {{ schema }}.identity_match_pairs
select * from proposed_match_pairs
order by identifier_type_a, identifier_value_a, identifier_type_b, identifier_value_b;
drop table proposed_match_pairs;
drop table fresh_match_pairs
