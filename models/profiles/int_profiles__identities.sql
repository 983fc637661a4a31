with

identifiers as (
    select * from {{ ref('int_identity__assigned_identifiers') }}
    where cluster_id is not null and first_observed_at <= {{ as_of() }}
),

clusters as (
    select * from {{ ref('identity_graph__clusters') }}
),

-- Grouped by the cluster's integer, which is faster than by profile_id. A cluster is one profile.
cluster_totals as (
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

profile_totals as (
    select
        clusters.profile_id,
        cluster_totals.identifier_count,
        cluster_totals.crm_contact_count,
        cluster_totals.account_count,
        cluster_totals.loyalty_card_count,
        cluster_totals.email_count,
        cluster_totals.phone_count,
        cluster_totals.push_token_count,
        cluster_totals.first_seen_at,
        cluster_totals.known_at
    from cluster_totals
    inner join clusters on cluster_totals.cluster_id = clusters.cluster_id
)

select * from profile_totals
