select
    cast(null as bigint) as priority,
    cast(null as text) as identifier_type,
    cast(null as text) as counted_type,
    cast(null as bigint) as most
where false
