-- $1 what is searched for, $2 a type of identifier or empty for any.
with

asked as (
    select
        cast($1 as text) as term,
        cast($2 as text) as asked_type
),

numbered as (
    {{ numbered }}
),

addressed as (
    select
        numbered.*,
        {{ address }} as address
    from numbered
),

spelled as (
    select term as spelling from addressed
    union
    select lower(term) from addressed
    union
    select upper(term) from addressed
    union
    select {{ canonical_address }} from addressed
    where address is not null
    union
    select phone from addressed
    where phone is not null
),

matched as (
    select
        identifiers.identifier_type,
        identifiers.identifier_value,
        identifiers.profile_id,
        identifiers.is_blocked or identifiers.is_shared as is_guarded
    from {{ identity }}.profile_identifiers as identifiers
    inner join spelled
        on identifiers.identifier_value = spelled.spelling
    cross join asked
    where asked.asked_type in ('', identifiers.identifier_type)
),

-- What several people share is nobody's: those it stands with are who may be meant.
neighbours as (
    select
        matched.identifier_type,
        matched.identifier_value,
        links.identifier_type_b as neighbour_type,
        links.identifier_value_b as neighbour_value
    from matched
    inner join {{ identity }}.profile_links as links
        on
            matched.identifier_type = links.identifier_type_a
            and matched.identifier_value = links.identifier_value_a
    where matched.is_guarded
    union
    select
        matched.identifier_type,
        matched.identifier_value,
        links.identifier_type_a as neighbour_type,
        links.identifier_value_a as neighbour_value
    from matched
    inner join {{ identity }}.profile_links as links
        on
            matched.identifier_type = links.identifier_type_b
            and matched.identifier_value = links.identifier_value_b
    where matched.is_guarded
),

found as (
    select
        'identifier' as how,
        identifier_type,
        identifier_value,
        profile_id
    from matched
    union
    select
        'shared' as how,
        neighbours.identifier_type,
        neighbours.identifier_value,
        identifiers.profile_id
    from neighbours
    inner join {{ identity }}.profile_identifiers as identifiers
        on
            neighbours.neighbour_type = identifiers.identifier_type
            and neighbours.neighbour_value = identifiers.identifier_value
    union
    select
        'profile' as how,
        'profile' as identifier_type,
        profiles.profile_id as identifier_value,
        profiles.profile_id
    from {{ profiles }}.profiles as profiles
    inner join spelled
        on profiles.profile_id = spelled.spelling
    cross join asked
    where asked.asked_type in ('', 'profile')
    union
    select
        'redirect' as how,
        'profile' as identifier_type,
        redirects.old_profile_id as identifier_value,
        redirects.profile_id
    from {{ identity }}.profile_redirects as redirects
    inner join spelled
        on redirects.old_profile_id = spelled.spelling
    cross join asked
    where asked.asked_type in ('', 'profile')
),

-- One row a person: its own id before a former one, an identifier of its own before a shared one.
ranked as (
    select
        found.*,
        row_number() over (
            partition by profile_id
            order by
                case how
                    when 'profile' then 1
                    when 'redirect' then 2
                    when 'identifier' then 3
                    else 4
                end,
                identifier_type,
                identifier_value
        ) as rank_number
    from found
    where profile_id is not null
)

select
    ranked.profile_id,
    ranked.how,
    ranked.identifier_type,
    ranked.identifier_value,
    profiles.lifecycle_stage,
    profiles.is_known,
    profiles.country,
    profiles.last_seen_at,
    contacts.first_name,
    contacts.last_name,
    contacts.email,
    contacts.phone
from ranked
left join {{ profiles }}.profiles as profiles
    on ranked.profile_id = profiles.profile_id
left join {{ contacts }}.profile_contacts as contacts
    on ranked.profile_id = contacts.profile_id
where ranked.rank_number = 1
order by
    case ranked.how when 'shared' then 2 else 1 end,
    profiles.last_seen_at desc nulls last,
    ranked.profile_id
limit 51
