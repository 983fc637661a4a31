select
    cast(null as bigint) as priority,
    cast(null as text) as identifier_type,
    cast(null as text) as neighbour_type,
    cast(null as bigint) as max_count
where false
