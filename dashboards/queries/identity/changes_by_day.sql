select
    cast(changed_at as date) as changed_date,
    case when change_type = 'merge' then 'Merges' else 'Splits' end as kind,
    count(*) as change_count
from cdp_identity.identity_changes
where change_type in ('merge', 'split')
group by cast(changed_at as date), change_type
order by changed_date, kind
