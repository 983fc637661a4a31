{#
    Logs every profile that was merged into another, and every move of identifiers from one profile to another
    (a split), with the link that caused it. Leaves ig_logged.
#}
{% macro graph_log_changes(plan) %}
    {% set moves %}
        select
            before.identifier_key,
            before.profile_id as from_profile_id,
            losers.surviving_profile_id as redirected_to_profile_id,
            coalesce(losers.surviving_profile_id, before.profile_id) as kept_profile_id,
            clusters.profile_id as to_profile_id
        from ig_members_before as before
        left join ig_surviving as losers
            on before.profile_id = losers.profile_id and losers.profile_id <> losers.surviving_profile_id
        left join {{ plan.located }} as located on before.identifier_key = located.identifier_key
        left join ig_clusters_assigned as clusters on located.cluster_id = clusters.cluster_id
    {% endset %}
    {% do replace_temp_table('ig_moves',
        'select * from (' ~ moves ~ ') as moves where redirected_to_profile_id is not null or to_profile_id <> kept_profile_id'
    ) %}
    {% do graph_find_causes(plan) %}
    {% call graph_temp_table('ig_logged') %}
        with

        grouped as (
            select
                'merge' as change_type,
                from_profile_id,
                redirected_to_profile_id as to_profile_id,
                count(*) as identifier_count
            from ig_moves
            where redirected_to_profile_id is not null
            group by from_profile_id, redirected_to_profile_id
            union all
            select
                'split' as change_type,
                kept_profile_id as from_profile_id,
                to_profile_id,
                count(*) as identifier_count
            from ig_moves
            where to_profile_id <> kept_profile_id
            group by kept_profile_id, to_profile_id
        ),

        named as (
            select
                causes.*,
                {{ link_id('dictionary_a', 'dictionary_b') }} as link_id
            from ig_causes as causes
            inner join {{ graph_table('dictionary') }} as dictionary_a
                on causes.identifier_key_a = dictionary_a.identifier_key
            inner join {{ graph_table('dictionary') }} as dictionary_b
                on causes.identifier_key_b = dictionary_b.identifier_key
        ),

        ranked as (
            select
                *,
                row_number() over (
                    partition by change_type, from_profile_id, to_profile_id
                    order by first_observed_at desc, link_id
                ) as rank_of_cause
            from named
        )

        select
            md5(
                grouped.change_type || chr(31) || grouped.from_profile_id || chr(31) || grouped.to_profile_id
                || chr(31) || cast({{ run_timestamp() }} as text)
            ) as change_id,
            grouped.change_type,
            grouped.from_profile_id,
            grouped.to_profile_id,
            coalesce(ranked.cause, '{{ 'rules' if plan.is_rebuild else 'identifier_gone' }}') as cause,
            ranked.link_id as cause_link_id,
            grouped.identifier_count,
            {{ run_timestamp() }} as changed_at
        from grouped
        left join ranked
            on
                grouped.change_type = ranked.change_type
                and grouped.from_profile_id = ranked.from_profile_id
                and grouped.to_profile_id = ranked.to_profile_id
                and ranked.rank_of_cause = 1
    {% endcall %}
    {% do run_statement('delete from ' ~ graph_table('changes') ~ ' where change_id in (select change_id from ig_logged)') %}
    {% do graph_insert('changes', 'select * from ig_logged') %}
{% endmacro %}
