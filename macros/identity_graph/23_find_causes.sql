{# Finds the links that may have caused the moves of ig_moves. Leaves ig_causes. #}
{% macro graph_find_causes(plan) %}
    {% call graph_temp_table('ig_causes') %}
        with

        {# Links that leave the former members of a merged profile: the latest caused the merge. #}
        merged_members as (
            select identifier_key, from_profile_id, redirected_to_profile_id as to_profile_id
            from ig_moves
            where redirected_to_profile_id is not null
        ),

        merging_links as (
            {% for side, other in [('a', 'b'), ('b', 'a')] %}
            select
                members.from_profile_id,
                members.to_profile_id,
                links.identifier_key_a,
                links.identifier_key_b,
                links.first_observed_at
            from {{ graph_table('links') }} as links
            inner join merged_members as members on links.identifier_key_{{ side }} = members.identifier_key
            left join merged_members as others
                on
                    links.identifier_key_{{ other }} = others.identifier_key
                    and members.from_profile_id = others.from_profile_id
            where links.status = 'active' and others.identifier_key is null
            {{ 'union all' if not loop.last }}
            {% endfor %}
        ),

        {# Links between the part that left and the rest, which are not active any more. #}
        parting_links as (
            {% if plan.is_rebuild %}
            select
                cast(null as text) as from_profile_id, cast(null as text) as to_profile_id,
                cast(null as bigint) as identifier_key_a, cast(null as bigint) as identifier_key_b, cast(null as text) as status
            where 1 = 0
            {% else %}
            {% for side, other in [('a', 'b'), ('b', 'a')] %}
            select
                moves.kept_profile_id as from_profile_id,
                moves.to_profile_id,
                edges.identifier_key_a,
                edges.identifier_key_b,
                edges.status
            from (
                select identifier_key_a, identifier_key_b, status from ig_changed_edges where not is_joined
                union all
                select identifier_key_a, identifier_key_b, status from ig_pruned_changes where status <> 'active'
            ) as edges
            inner join ig_moves as moves on edges.identifier_key_{{ side }} = moves.identifier_key
            inner join ig_members_before as others on edges.identifier_key_{{ other }} = others.identifier_key
            where moves.to_profile_id <> moves.kept_profile_id and others.profile_id = moves.from_profile_id
            {{ 'union all' if not loop.last }}
            {% endfor %}
            {% endif %}
        )

        select 'merge' as change_type, from_profile_id, to_profile_id, identifier_key_a, identifier_key_b,
            'link' as cause, first_observed_at
        from merging_links
        union all
        select 'split' as change_type, from_profile_id, to_profile_id, identifier_key_a, identifier_key_b,
            case
                when status in ('shared_identifier', 'link_window', 'profile_limit', 'override') then status
                else 'records_gone'
            end as cause,
            cast(null as timestamp) as first_observed_at
        from parting_links
    {% endcall %}
{% endmacro %}
