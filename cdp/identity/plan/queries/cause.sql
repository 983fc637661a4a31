{#- The link that best explains why profile $1 was merged into $2, or $2 split off from $1. -#}
select
    identifier_type_a,
    identifier_value_a,
    identifier_type_b,
    identifier_value_b,
    case when is_blocked then 'blocklist' else reason_inactive end as reason,
    sample_source_model,
    sample_record_id,
    record_count
{% if is_merge %}
from {{ notes }}.new_links
where own_before = $1 and other_before is distinct from $1 and other_after = $2
order by case when other_before = $2 then 0 else 1 end, record_count desc, link_id
{% else %}
from {{ notes }}.lost_links
where own_before = $1 and own_after = $2 and other_after is distinct from $2
order by case when other_after = $1 then 0 else 1 end, record_count desc, link_id
{% endif %}
limit 1
