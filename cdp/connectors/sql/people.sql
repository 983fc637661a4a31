select
    count(*) as profile_count,
    count(case when profiles.is_known then 1 end) as known_count,
    count(contacts.email) as email_count,
    count(contacts.phone) as phone_count,
    count(
        case when contacts.email is not null or contacts.phone is not null then 1 end
    ) as contact_count
from {{ profiles }}.profiles as profiles
left join {{ contacts }}.profile_contacts as contacts
    on profiles.profile_id = contacts.profile_id
