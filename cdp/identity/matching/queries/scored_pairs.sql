select
    a.identifier_type as identifier_type_a,
    a.identifier_value as identifier_value_a,
    b.identifier_type as identifier_type_b,
    b.identifier_value as identifier_value_b,
    round(scored.match_probability, 6) as match_probability,
    round(scored.match_weight, 6) as match_weight
from {{ scored }} as scored
inner join records as a on a.unique_id = least(scored.unique_id_l, scored.unique_id_r)
inner join records as b on b.unique_id = greatest(scored.unique_id_l, scored.unique_id_r)
order by a.unique_id, b.unique_id
