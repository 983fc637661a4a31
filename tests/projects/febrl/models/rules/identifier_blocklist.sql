select
    cast(null as bigint) as priority,
    cast(null as text) as identifier_type,
    cast(null as text) as match_type,
    cast(null as text) as pattern,
    cast(null as text) as reason
where false
