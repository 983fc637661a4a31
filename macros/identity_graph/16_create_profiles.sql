{#
    Candidates for the canonical identifier of clusters without a profile: those of the type of highest priority.
    Most clusters have one, which then needs no comparison.
#}
{% macro graph_canonical_candidates(plan) %}
    with

    members as (
        select
            located.cluster_id,
            located.identifier_key,
            {{ identifier_type_number('located.identifier_key') }} as type_number
        from {{ plan.located }} as located
        left join ig_surviving_clusters as owned on located.cluster_id = owned.cluster_id
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

{# The oldest of them, with their names. #}
{% macro graph_oldest_candidates() %}
    select
        candidates.cluster_id,
        candidates.identifier_key,
        candidates.first_observed_at,
        dictionary.identifier_type,
        dictionary.identifier_value
    from ig_canonical_candidates as candidates
    inner join (
        select cluster_id, min(first_observed_at) as first_observed_at
        from ig_canonical_candidates
        group by cluster_id
    ) as oldest
        on
            candidates.cluster_id = oldest.cluster_id
            and candidates.first_observed_at = oldest.first_observed_at
    inner join {{ graph_table('dictionary') }} as dictionary
        on candidates.identifier_key = dictionary.identifier_key
{% endmacro %}

{# The one with the least value, with an id of the next generation. #}
{% macro graph_created_profiles() %}
    with

    least_values as (
        select cluster_id, min(identifier_value) as identifier_value
        from ig_oldest_candidates
        group by cluster_id
    ),

    generations as (
        select
            original_identifier_type,
            original_identifier_value,
            max(generation) as generation
        from {{ graph_table('id_registry') }}
        where original_identifier_value in (select identifier_value from least_values)
        group by original_identifier_type, original_identifier_value
    ),

    founded as (
        select
            candidates.*,
            coalesce(generations.generation, 0) + 1 as generation
        from ig_oldest_candidates as candidates
        inner join least_values
            on
                candidates.cluster_id = least_values.cluster_id
                and candidates.identifier_value = least_values.identifier_value
        left join generations
            on
                candidates.identifier_type = generations.original_identifier_type
                and candidates.identifier_value = generations.original_identifier_value
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
{% macro graph_registry_changes() %}
    {% set row_locator = row_locator() %}
    select
        profile_id,
        identifier_type as original_identifier_type,
        identifier_value as original_identifier_value,
        generation,
        identifier_type as canonical_identifier_type,
        identifier_value as canonical_identifier_value,
        identifier_key as canonical_identifier_key,
        cast(null as text) as redirected_to_profile_id,
        first_observed_at,
        {{ run_timestamp() }} as created_at,
        cast(null as timestamp) as redirected_at,
        null as row_locator
    from ig_created
    {# Ids that redirected to a profile which is merged away now follow it: a redirect is always one step. #}
    {% for column in ['profile_id', 'redirected_to_profile_id'] %}
    union all
    select
        id_registry.profile_id,
        id_registry.original_identifier_type,
        id_registry.original_identifier_value,
        id_registry.generation,
        id_registry.canonical_identifier_type,
        id_registry.canonical_identifier_value,
        id_registry.canonical_identifier_key,
        surviving.surviving_profile_id as redirected_to_profile_id,
        id_registry.first_observed_at,
        id_registry.created_at,
        coalesce(id_registry.redirected_at, {{ run_timestamp() }}) as redirected_at,
        id_registry.{{ row_locator }} as row_locator
    from {{ graph_table('id_registry') }} as id_registry
    inner join ig_surviving as surviving on id_registry.{{ column }} = surviving.profile_id
    where surviving.profile_id <> surviving.surviving_profile_id
    {% endfor %}
    union all
    select
        id_registry.profile_id,
        id_registry.original_identifier_type,
        id_registry.original_identifier_value,
        id_registry.generation,
        surviving.canonical_identifier_type,
        surviving.canonical_identifier_value,
        surviving.canonical_identifier_key,
        id_registry.redirected_to_profile_id,
        id_registry.first_observed_at,
        id_registry.created_at,
        id_registry.redirected_at,
        id_registry.{{ row_locator }} as row_locator
    from {{ graph_table('id_registry') }} as id_registry
    inner join ig_surviving as surviving on id_registry.profile_id = surviving.profile_id
    where surviving.has_new_canonical and surviving.profile_id = surviving.surviving_profile_id
{% endmacro %}
