with

identities as (
    select * from {{ ref('int_profiles__identities') }}
),

contacts as (
    select * from {{ ref('profile_contacts') }}
),

memberships as (
    select * from {{ ref('int_profiles__memberships') }}
),

activity as (
    select * from {{ ref('int_profiles__activity') }}
),

orders as (
    select * from {{ ref('int_profiles__orders') }}
),

collected_profiles as (
    select
        identities.profile_id,
        memberships.home_store_id,
        contacts.country,
        contacts.preferred_language,
        memberships.loyalty_tier,
        memberships.loyalty_next_tier,
        (
            identities.crm_contact_count > 0
            or identities.account_count > 0
            or identities.loyalty_card_count > 0
            or identities.email_count > 0
            or identities.phone_count > 0
        ) as is_known,
        contacts.email is not null as has_email,
        contacts.phone is not null as has_phone,
        contacts.address_line is not null as has_address,
        identities.push_token_count > 0 as has_push_token,
        identities.account_count > 0 as has_account,
        identities.loyalty_card_count > 0 as has_loyalty_card,
        identities.identifier_count,
        memberships.loyalty_points_count,
        memberships.loyalty_next_tier_points_count,
        coalesce(activity.channel_count, 0) as channel_count,
        coalesce(activity.web_interaction_count, 0) as web_interaction_count,
        coalesce(activity.app_interaction_count, 0) as app_interaction_count,
        coalesce(activity.email_interaction_count, 0) as email_interaction_count,
        coalesce(activity.pos_interaction_count, 0) as pos_interaction_count,
        coalesce(activity.support_interaction_count, 0) as support_interaction_count,
        coalesce(activity.ads_interaction_count, 0) as ads_interaction_count,
        coalesce(activity.social_interaction_count, 0) as social_interaction_count,
        coalesce(orders.order_count, 0) as order_count,
        memberships.loyalty_joined_date,
        identities.first_seen_at,
        coalesce(activity.last_event_at, identities.first_seen_at) as last_seen_at,
        activity.last_interaction_at,
        orders.first_ordered_at,
        orders.previous_ordered_at,
        orders.last_ordered_at
    from identities
    left join contacts on identities.profile_id = contacts.profile_id
    left join memberships on identities.profile_id = memberships.profile_id
    left join activity on identities.profile_id = activity.profile_id
    left join orders on identities.profile_id = orders.profile_id
),

staged_profiles as (
    select
        profile_id,
        home_store_id,
        country,
        preferred_language,
        loyalty_tier,
        loyalty_next_tier,
        {{ lifecycle_stage(
            'is_known', 'first_ordered_at', 'previous_ordered_at', 'last_ordered_at', as_of()
        ) }} as lifecycle_stage,
        {{ is_active_customer('last_ordered_at', as_of()) }} as is_active_customer,
        is_known,
        has_email,
        has_phone,
        has_address,
        has_push_token,
        has_account,
        has_loyalty_card,
        identifier_count,
        loyalty_points_count,
        loyalty_next_tier_points_count,
        channel_count,
        web_interaction_count,
        app_interaction_count,
        email_interaction_count,
        pos_interaction_count,
        support_interaction_count,
        ads_interaction_count,
        social_interaction_count,
        order_count,
        loyalty_joined_date,
        first_seen_at,
        last_seen_at,
        last_interaction_at,
        first_ordered_at,
        last_ordered_at
    from collected_profiles
)

select * from staged_profiles
