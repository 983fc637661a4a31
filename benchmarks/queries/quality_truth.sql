create table records as
with keyed as (
    select distinct source_model, channel, entity, record_id, source_key from observed
),
truth as (
    select channel, entity, source_key, nullif(person_id, '') as person
    from read_csv({{ truth | literal }}, all_varchar = true)
)
select
    row_number() over (order by keyed.source_model, keyed.record_id) - 1 as record,
    keyed.source_model, keyed.record_id, truth.person,
    truth.source_key is not null as is_known, assigned.profile_id as profile
from keyed
left join truth using (channel, entity, source_key)
left join {{ identity }}.int_identity__record_profiles as assigned
    using (source_model, record_id)
