{# Creates an id for every cluster without a profile. Leaves ig_created. #}
{% macro graph_create_profiles(plan) %}
    {#
        Candidates for the canonical identifier of clusters without a profile: those of the type of highest priority.
        Most clusters have one, which then needs no comparison.
    #}
    {% call graph_temp_table('ig_canonical_candidates') %}
        with

        members as (
            select
                located.cluster_id,
                located.identifier_key,
                {{ identifier_type_number('located.identifier_key') }} as type_number
            from {{ plan.located }} as located
            left join (
                select cluster_id from ig_surviving where profile_id = surviving_profile_id
            ) as owned on located.cluster_id = owned.cluster_id
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
    {% endcall %}
    {# The oldest of them, with their names. #}
    {% call graph_temp_table('ig_oldest_candidates') %}
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
    {% endcall %}
    {# The one with the least value, with an id of the next generation. #}
    {% call graph_temp_table('ig_created') %}
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

        numbered as (
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
        from numbered
    {% endcall %}
{% endmacro %}
