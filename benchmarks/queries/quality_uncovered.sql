with described as (
    select
        records.record, records.source_model,
        string_agg(
            distinct identifier_type || case
                when is_blocked then ' (blocked)' when is_shared then ' (shared)' else ''
            end, ' + ' order by identifier_type || case
                when is_blocked then ' (blocked)' when is_shared then ' (shared)' else ''
            end
        ) as carries
    from records
    inner join carried using (record)
    inner join marked using (identifier)
    where records.profile is null
    group by records.record, records.source_model
)
select source_model as source, carries, count(*) as records
from described group by all order by records desc, source, carries
