with

identifiers as (
    select * from {{ ref('int_identity__placed_identifiers') }}
    where profile_id is not null and first_observed_at <= {{ as_of() }}
),

summed as (
    select
        profile_id,
        count(*) as identifier_count,
        count(case when identifier_type = 'crm_contact' then 1 end) as crm_contact_count,
        count(case when identifier_type = 'account' then 1 end) as account_count,
        count(case when identifier_type = 'loyalty_card' then 1 end) as loyalty_card_count,
        count(case when identifier_type = 'email' then 1 end) as email_count,
        count(case when identifier_type = 'phone' then 1 end) as phone_count,
        count(case when identifier_type = 'push_token' then 1 end) as push_token_count,
        min(first_observed_at) as first_seen_at,
        min(
            case
                when
                    identifier_type in ('crm_contact', 'account', 'loyalty_card', 'email', 'phone')
                    then first_observed_at
            end
        ) as known_at
    from identifiers
    group by profile_id
)

select * from summed
