create table marked as
select
    identifiers.identifier, identifiers.identifier_type,
    coalesce(published.is_blocked, false) as is_blocked,
    coalesce(published.is_shared, false) as is_shared,
    held.persons, cut.inactive_reason,
    case
    when identifier_type = 'email' and identifier_value = {{ kiosk_email | literal }} then 'kiosk_email'
    when identifier_type = 'email'
        and identifier_value in ({% for email in placeholder_emails %}{{ email | literal }}{% if not loop.last %}, {% endif %}{% endfor %})
        then 'placeholder_email'
    when identifier_type = 'email' then 'shared_family_email'
    when identifier_type = 'phone' and (is_blocked or persons > {{ max_family_size }})
        then 'placeholder_phone'
    when identifier_type = 'phone' then 'recycled_phone'
    when identifier_type = 'cookie' and persons > {{ max_family_size }} then 'kiosk_cookie'
    when identifier_type = 'cookie' then 'shared_family_browser'
    when identifier_type in ('device', 'push_token') then 'kiosk_device'
    else 'none known'
end as dirt
from identifiers
left join {{ identity }}.profile_identifiers as published
    using (identifier_type, identifier_value)
left join (
    select identifier, count(distinct person) as persons from carried group by 1
) as held using (identifier)
left join (
    select identifier_type, identifier_value, min(inactive_reason) as inactive_reason
    from (
        select
            identifier_type_a as identifier_type,
            identifier_value_a as identifier_value, inactive_reason
        from {{ identity }}.profile_links where inactive_reason is not null
        union all
        select identifier_type_b, identifier_value_b, inactive_reason
        from {{ identity }}.profile_links where inactive_reason is not null
    )
    group by identifier_type, identifier_value
) as cut using (identifier_type, identifier_value)
