with

members as (
    select * from {{ ref('int_identity__members') }}
),

claims as (
    select * from {{ ref('int_identity__claims') }}
),

previous as (
    {{ previous_ledger() }}
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
        claims.owner_profile_id as redirected_to_profile_id,
        previous.founded_at,
        previous.minted_at,
        coalesce(previous.redirected_at, {{ run_timestamp() }}) as redirected_at
    from previous
    inner join claims
        on
            coalesce(previous.redirected_to_profile_id, previous.profile_id)
            = claims.profile_id
    where claims.profile_id <> claims.owner_profile_id
),

anchored_anew as (
    select
        previous.profile_id,
        previous.founding_identifier_type,
        previous.founding_identifier_value,
        previous.generation,
        claims.anchor_identifier_type,
        claims.anchor_identifier_value,
        previous.redirected_to_profile_id,
        previous.founded_at,
        previous.minted_at,
        previous.redirected_at
    from previous
    inner join claims
        on previous.profile_id = claims.profile_id
    where
        claims.is_anchored_anew
        and claims.profile_id = claims.owner_profile_id
),

changed as (
    select * from minted
    union all
    select * from redirected
    union all
    select * from anchored_anew
)

select * from changed
