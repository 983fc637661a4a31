{#- Puts rows that only say that they are gone in the place of records, as staging does. -#}
begin;
create or replace temp table buried as
select record_id from {{ table }} where {{ condition }};
delete from {{ table }} where record_id in (select record_id from buried);
insert into {{ table }} by name
select
    record_id as _record_key,
    'removed' as _row_status,
    {{ batch }} as _staged_batch
from buried;
commit
