{#
    Assigns a profile to every cluster that changed. A living profile belongs to the cluster that contains its canonical
    identifier. If a cluster has several profiles, the oldest survives and the others redirect to it. If it has none, an
    id is created from its identifier of highest priority, ties: the oldest (see 21_create_profiles.sql).
    Leaves ig_surviving, ig_created and ig_clusters_assigned.
#}
{% macro graph_assign_profiles(plan) %}
    {% do plan.update({'located': graph_table('nodes') if plan.is_rebuild else 'ig_located'}) %}
    {# Living profiles whose cluster may have changed. #}
    {% call graph_temp_table('ig_affected_profiles') %}
        {% set columns %}
            profile_id, canonical_identifier_type, canonical_identifier_value, canonical_identifier_key,
            created_at, first_observed_at
        {% endset %}
        {% if plan.is_rebuild %}
        select {{ columns }}
        from {{ graph_table('id_registry') }}
        where redirected_to_profile_id is null
        {% else %}
        select {{ columns }}
        from {{ graph_table('id_registry') }}
        where
            redirected_to_profile_id is null
            and profile_id in (select profile_id from ig_clusters_before)
        union
        select {{ columns }}
        from {{ graph_table('id_registry') }}
        where
            redirected_to_profile_id is null
            and canonical_identifier_key in (select identifier_key from ig_assigned)
        {% endif %}
    {% endcall %}
    {# Those that keep their canonical identifier: one that turns out to be shared or blocked is given up. #}
    {% call graph_temp_table('ig_profiles_in_place') %}
        select
            affected.*,
            located.cluster_id
        from ig_affected_profiles as affected
        inner join {{ plan.located }} as located on affected.canonical_identifier_key = located.identifier_key
        left join (
            select identifier_key from {{ graph_table('identifiers') }}
            where
                (is_shared or blocking_priority is not null)
                and identifier_key in (select canonical_identifier_key from ig_affected_profiles)
        ) as unfit on affected.canonical_identifier_key = unfit.identifier_key
        where unfit.identifier_key is null
    {% endcall %}
    {# Identifiers of all other profiles, of which the best becomes canonical. #}
    {% call graph_temp_table('ig_inheriting') %}
        select members.profile_id, members.identifier_key
        from ig_members_before as members
        inner join ig_affected_profiles as affected on members.profile_id = affected.profile_id
        left join ig_profiles_in_place as in_place on members.profile_id = in_place.profile_id
        where in_place.profile_id is null
    {% endcall %}
    {# Living profiles with their cluster, and the profile that survives in it. #}
    {% call graph_temp_table('ig_surviving') %}
        with

        ranked_inheriting as (
            select
                inheriting.profile_id,
                inheriting.identifier_key,
                located.cluster_id,
                dictionary.identifier_type,
                dictionary.identifier_value,
                row_number() over (
                    partition by inheriting.profile_id
                    order by
                        case when identifiers.is_shared or identifiers.blocking_priority is not null then 1 else 0 end,
                        {{ identifier_type_number('inheriting.identifier_key') }}, identifiers.first_observed_at,
                        dictionary.identifier_type, dictionary.identifier_value
                ) as rank_in_profile
            from ig_inheriting as inheriting
            inner join {{ plan.located }} as located on inheriting.identifier_key = located.identifier_key
            {% for table in ['identifiers', 'dictionary'] %}
            inner join (
                select * from {{ graph_table(table) }}
                where identifier_key in (select identifier_key from ig_inheriting)
            ) as {{ table }} on inheriting.identifier_key = {{ table }}.identifier_key
            {% endfor %}
        ),

        surviving as (
            select
                profile_id, canonical_identifier_type, canonical_identifier_value, canonical_identifier_key,
                created_at, first_observed_at, cluster_id, false as has_new_canonical
            from ig_profiles_in_place
            union all
            select
                affected.profile_id, inheriting.identifier_type, inheriting.identifier_value, inheriting.identifier_key,
                affected.created_at, affected.first_observed_at, inheriting.cluster_id, true as has_new_canonical
            from ig_affected_profiles as affected
            inner join ranked_inheriting as inheriting
                on affected.profile_id = inheriting.profile_id and inheriting.rank_in_profile = 1
        )

        select
            *,
            first_value(profile_id) over (
                partition by cluster_id order by created_at, first_observed_at, profile_id
            ) as surviving_profile_id
        from surviving
    {% endcall %}
    {% do graph_create_profiles(plan) %}
    {% do graph_write_registry() %}
    {% call graph_temp_table('ig_clusters_assigned') %}
        select cluster_id, profile_id from ig_surviving where profile_id = surviving_profile_id
        union all
        select cluster_id, profile_id from ig_created
    {% endcall %}
    {% if not plan.is_rebuild %}
        {% do graph_delete('clusters', 'select row_locator from ig_clusters_before') %}
    {% endif %}
    {% do graph_insert('clusters', 'select cluster_id, profile_id from ig_clusters_assigned') %}
{% endmacro %}
