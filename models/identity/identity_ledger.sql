{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='profile_id',
        on_schema_change='fail',
        full_refresh=false,
    )
}}

with

members as (
    select * from {{ ref('int_identity__members') }}
),

previous_identifiers as (
    {{ previous_profile_identifiers() }}
),

previous as (
    {% if is_incremental() %}
    select * from {{ this }}
    {% else %}
    select
        cast(null as text) as profile_id,
        cast(null as text) as founding_identifier_type,
        cast(null as text) as founding_identifier_value,
        cast(null as bigint) as generation,
        cast(null as text) as anchor_identifier_type,
        cast(null as text) as anchor_identifier_value,
        cast(null as text) as redirected_to_profile_id,
        cast(null as timestamp) as founded_at,
        cast(null as timestamp) as minted_at,
        cast(null as timestamp) as redirected_at
    where 1 = 0
    {% endif %}
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
),

founders as (
    select
        members.identifier_type,
        members.identifier_value,
        members.first_observed_at,
        row_number() over (
            partition by members.component_id
            order by
                members.strength desc,
                members.first_observed_at,
                members.identifier_type,
                members.identifier_value
        ) as rank_in_component
    from members
    left join claims
        on members.component_id = claims.component_id
    where claims.component_id is null
),

generations as (
    select
        founding_identifier_type,
        founding_identifier_value,
        max(generation) as generation
    from previous
    group by founding_identifier_type, founding_identifier_value
),

founded as (
    select
        founders.identifier_type,
        founders.identifier_value,
        founders.first_observed_at,
        coalesce(generations.generation, 0) + 1 as generation
    from founders
    left join generations
        on
            founders.identifier_type = generations.founding_identifier_type
            and founders.identifier_value = generations.founding_identifier_value
    where founders.rank_in_component = 1
),

minted as (
    select
        {{ surrogate_key(['identifier_type', 'identifier_value', 'generation']) }} as profile_id,
        identifier_type as founding_identifier_type,
        identifier_value as founding_identifier_value,
        generation,
        identifier_type as anchor_identifier_type,
        identifier_value as anchor_identifier_value,
        cast(null as text) as redirected_to_profile_id,
        first_observed_at as founded_at,
        {{ run_timestamp() }} as minted_at,
        cast(null as timestamp) as redirected_at
    from founded
),

-- Ids that were redirected to a profile which now loses itself follow it, so that a redirect is
-- always one step.
redirected as (
    select
        previous.profile_id,
        previous.founding_identifier_type,
        previous.founding_identifier_value,
        previous.generation,
        previous.anchor_identifier_type,
        previous.anchor_identifier_value,
        ranked_claims.owner_profile_id as redirected_to_profile_id,
        previous.founded_at,
        previous.minted_at,
        coalesce(previous.redirected_at, {{ run_timestamp() }}) as redirected_at
    from previous
    inner join ranked_claims
        on
            coalesce(previous.redirected_to_profile_id, previous.profile_id)
            = ranked_claims.profile_id
    where ranked_claims.profile_id <> ranked_claims.owner_profile_id
),

anchored_anew as (
    select
        previous.profile_id,
        previous.founding_identifier_type,
        previous.founding_identifier_value,
        previous.generation,
        ranked_claims.anchor_identifier_type,
        ranked_claims.anchor_identifier_value,
        previous.redirected_to_profile_id,
        previous.founded_at,
        previous.minted_at,
        previous.redirected_at
    from previous
    inner join ranked_claims
        on previous.profile_id = ranked_claims.profile_id
    where
        ranked_claims.is_anchored_anew
        and ranked_claims.profile_id = ranked_claims.owner_profile_id
),

changed as (
    select * from minted
    union all
    select * from redirected
    union all
    select * from anchored_anew
)

select * from changed
