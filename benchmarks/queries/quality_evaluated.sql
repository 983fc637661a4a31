create table evaluated as
with shared as (
    select record, min(persons) > 1 as is_ambiguous
    from carried inner join marked using (identifier) group by record
)
select
    records.*, chains.chain, shared.is_ambiguous,
    records.profile is not null as is_covered,
    count(*) over (partition by chains.chain) > 1 as is_in_scope
from records
inner join chains using (record)
inner join shared using (record)
where records.person is not null
