select
    a.identifier_type,
    a.identifier_value,
    b.identifier_type,
    b.identifier_value,
    round(scored.match_probability, 6),
    round(scored.match_weight, 6)
from {{ scored }} as scored
inner join records as a on a.unique_id = least(scored.unique_id_l, scored.unique_id_r)
inner join records as b on b.unique_id = greatest(scored.unique_id_l, scored.unique_id_r)
order by a.unique_id, b.unique_id
