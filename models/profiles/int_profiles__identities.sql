with

identifiers as (
    select * from {{ ref('int_identity__assigned_identifiers') }}
    where cluster_id is not null and first_observed_at <= {{ as_of() }}
),

clusters as (
    select * from {{ ref('identity_graph__clusters') }}
),

-- A profile is a cluster, whose number is grouped by faster than an id, and joined once summed.
summed as (
    select
        cluster_id,
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
    group by cluster_id
),

owned as (
    select
        clusters.profile_id,
        summed.identifier_count,
        summed.crm_contact_count,
        summed.account_count,
        summed.loyalty_card_count,
        summed.email_count,
        summed.phone_count,
        summed.push_token_count,
        summed.first_seen_at,
        summed.known_at
    from summed
    inner join clusters on summed.cluster_id = clusters.cluster_id
)

select * from owned
