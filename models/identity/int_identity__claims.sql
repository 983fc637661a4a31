with

members as (
    select * from {{ ref('int_identity__members') }}
),

previous_identifiers as (
    {{ previous_profile_identifiers() }}
),

previous as (
    {{ previous_ledger() }}
),

anchored as (
    select
        previous.profile_id,
        previous.anchor_identifier_type,
        previous.anchor_identifier_value,
        previous.minted_at,
        previous.founded_at,
        members.component_id
    from previous
    inner join members
        on
            previous.anchor_identifier_type = members.identifier_type
            and previous.anchor_identifier_value = members.identifier_value
    where previous.redirected_to_profile_id is null
),

-- A profile whose anchor has left the graph (deleted, blocked, found to be shared) goes on with the
-- strongest and oldest of the identifiers it held.
anchors_lost as (
    select
        previous.profile_id,
        members.identifier_type as anchor_identifier_type,
        members.identifier_value as anchor_identifier_value,
        previous.minted_at,
        previous.founded_at,
        members.component_id,
        row_number() over (
            partition by previous.profile_id
            order by
                members.strength desc,
                members.first_observed_at,
                members.identifier_type,
                members.identifier_value
        ) as rank_in_profile
    from previous
    inner join previous_identifiers
        on previous.profile_id = previous_identifiers.profile_id
    inner join members
        on
            previous_identifiers.identifier_type = members.identifier_type
            and previous_identifiers.identifier_value = members.identifier_value
    left join anchored
        on previous.profile_id = anchored.profile_id
    where previous.redirected_to_profile_id is null and anchored.profile_id is null
),

claims as (
    select
        profile_id,
        anchor_identifier_type,
        anchor_identifier_value,
        minted_at,
        founded_at,
        component_id,
        false as is_anchored_anew
    from anchored
    union all
    select
        profile_id,
        anchor_identifier_type,
        anchor_identifier_value,
        minted_at,
        founded_at,
        component_id,
        true as is_anchored_anew
    from anchors_lost
    where rank_in_profile = 1
),

ranked_claims as (
    select
        *,
        first_value(profile_id) over (
            partition by component_id
            order by minted_at, founded_at, profile_id
        ) as owner_profile_id
    from claims
)

select * from ranked_claims
