{#
    Identifiers that may found a profile, of clusters that have no owner: those of the strongest type. Of
    most clusters that is one, which then needs no comparison.
#}
{% macro graph_founders(plan) %}
    with

    members as (
        select
            located.cluster_id,
            located.identifier_key,
            {{ identifier_type_number('located.identifier_key') }} as type_number
        from {{ plan.located }} as located
        left join ig_owned as owned on located.cluster_id = owned.cluster_id
        where
            owned.cluster_id is null
            {% if not plan.is_rebuild %}
            and located.cluster_id in (select cluster_id from ig_clusters_after)
            {% endif %}
    ),

    strongest as (
        select cluster_id, min(type_number) as type_number
        from members
        group by cluster_id
    )

    select members.cluster_id, identifiers.identifier_key, identifiers.first_observed_at
    from members
    inner join strongest
        on members.cluster_id = strongest.cluster_id and members.type_number = strongest.type_number
    inner join {{ graph_table('identifiers') }} as identifiers
        on members.identifier_key = identifiers.identifier_key
{% endmacro %}

{# The oldest of them by name: of most clusters one. #}
{% macro graph_oldest_founders() %}
    select
        founders.cluster_id,
        founders.identifier_key,
        founders.first_observed_at,
        dictionary.identifier_type,
        dictionary.identifier_value
    from ig_founders as founders
    inner join (
        select cluster_id, min(first_observed_at) as first_observed_at
        from ig_founders
        group by cluster_id
    ) as oldest
        on
            founders.cluster_id = oldest.cluster_id
            and founders.first_observed_at = oldest.first_observed_at
    inner join {{ graph_table('dictionary') }} as dictionary
        on founders.identifier_key = dictionary.identifier_key
{% endmacro %}

{# The one with the least value, with an id of the next generation. #}
{% macro graph_minted_profiles() %}
    with

    least_values as (
        select cluster_id, min(identifier_value) as identifier_value
        from ig_founders_named
        group by cluster_id
    ),

    generations as (
        select
            founding_identifier_type,
            founding_identifier_value,
            max(generation) as generation
        from {{ graph_table('ledger') }}
        where founding_identifier_value in (select identifier_value from least_values)
        group by founding_identifier_type, founding_identifier_value
    ),

    founded as (
        select
            founders.*,
            coalesce(generations.generation, 0) + 1 as generation
        from ig_founders_named as founders
        inner join least_values
            on
                founders.cluster_id = least_values.cluster_id
                and founders.identifier_value = least_values.identifier_value
        left join generations
            on
                founders.identifier_type = generations.founding_identifier_type
                and founders.identifier_value = generations.founding_identifier_value
    )

    select
        {{ surrogate_key(['identifier_type', 'identifier_value', 'generation']) }} as profile_id,
        cluster_id,
        identifier_key,
        identifier_type,
        identifier_value,
        generation,
        first_observed_at
    from founded
{% endmacro %}

{# `row_locator` is that of the row which a change replaces. #}
{% macro graph_ledger_changes() %}
    {% set row_locator = row_locator() %}
    select
        profile_id,
        identifier_type as founding_identifier_type,
        identifier_value as founding_identifier_value,
        generation,
        identifier_type as anchor_identifier_type,
        identifier_value as anchor_identifier_value,
        identifier_key as anchor_identifier_key,
        cast(null as text) as redirected_to_profile_id,
        first_observed_at as founded_at,
        {{ run_timestamp() }} as minted_at,
        cast(null as timestamp) as redirected_at,
        null as row_locator
    from ig_minted
    {# Ids that redirect to a profile which now loses itself follow it: a redirect is always one step. #}
    {% for column in ['profile_id', 'redirected_to_profile_id'] %}
    union all
    select
        ledger.profile_id,
        ledger.founding_identifier_type,
        ledger.founding_identifier_value,
        ledger.generation,
        ledger.anchor_identifier_type,
        ledger.anchor_identifier_value,
        ledger.anchor_identifier_key,
        claims.owner_profile_id as redirected_to_profile_id,
        ledger.founded_at,
        ledger.minted_at,
        coalesce(ledger.redirected_at, {{ run_timestamp() }}) as redirected_at,
        ledger.{{ row_locator }} as row_locator
    from {{ graph_table('ledger') }} as ledger
    inner join ig_claims as claims on ledger.{{ column }} = claims.profile_id
    where claims.profile_id <> claims.owner_profile_id
    {% endfor %}
    union all
    select
        ledger.profile_id,
        ledger.founding_identifier_type,
        ledger.founding_identifier_value,
        ledger.generation,
        claims.anchor_identifier_type,
        claims.anchor_identifier_value,
        claims.anchor_identifier_key,
        ledger.redirected_to_profile_id,
        ledger.founded_at,
        ledger.minted_at,
        ledger.redirected_at,
        ledger.{{ row_locator }} as row_locator
    from {{ graph_table('ledger') }} as ledger
    inner join ig_claims as claims on ledger.profile_id = claims.profile_id
    where claims.is_anchored_anew and claims.profile_id = claims.owner_profile_id
{% endmacro %}
