create table carried as
select records.record, records.person, records.profile, identifiers.identifier
from observed
inner join identifiers using (identifier_type, identifier_value)
inner join records using (source_model, record_id)
