{#
    Gives every cluster that changed its profile. A living profile claims the cluster of its anchor; the
    oldest claim owns it and the others redirect to that one. A cluster that nobody claims mints an id from
    its strongest and oldest identifier. ig_ledger_changes holds the rows that the ledger gets.
#}
{% macro graph_keep_ledger(plan) %}
    {% do plan.update({'located': graph_table('nodes') if plan.is_rebuild else 'ig_located'}) %}
    {% do replace_temp_table('ig_concerned', graph_concerned_profiles(plan)) %}
    {% do replace_temp_table('ig_anchored', graph_anchored_profiles(plan)) %}
    {% do replace_temp_table('ig_heirs', graph_heirs()) %}
    {% do replace_temp_table('ig_claims', graph_claims(plan)) %}
    {% do replace_temp_table('ig_owned', graph_owned_clusters()) %}
    {% do replace_temp_table('ig_founders', graph_founders(plan)) %}
    {% do replace_temp_table('ig_founders_named', graph_oldest_founders()) %}
    {% do replace_temp_table('ig_minted', graph_minted_profiles()) %}
    {% do replace_temp_table('ig_ledger_changes', graph_ledger_changes()) %}
    {% do graph_delete('ledger', 'select row_locator from ig_ledger_changes where row_locator is not null') %}
    {% do graph_insert('ledger', 'select ' ~ graph_state_columns().ledger.keys() | join(', ') ~ ' from ig_ledger_changes') %}
    {% if not plan.is_rebuild %}
        {% do graph_delete('clusters', 'select row_locator from ig_clusters_before') %}
    {% endif %}
    {% set given %}
        select cluster_id, owner_profile_id from ig_owned
        union all
        select cluster_id, profile_id from ig_minted
    {% endset %}
    {% do graph_insert('clusters', given) %}
{% endmacro %}

{# Living profiles that may have lost or won a cluster. #}
{% macro graph_concerned_profiles(plan) %}
    {% set columns %}
        profile_id, anchor_identifier_type, anchor_identifier_value, anchor_identifier_key,
        minted_at, founded_at
    {% endset %}
    {% if plan.is_rebuild %}
    select {{ columns }}
    from {{ graph_table('ledger') }}
    where redirected_to_profile_id is null
    {% else %}
    select {{ columns }}
    from {{ graph_table('ledger') }}
    where
        redirected_to_profile_id is null
        and profile_id in (select profile_id from ig_clusters_before)
    union
    select {{ columns }}
    from {{ graph_table('ledger') }}
    where
        redirected_to_profile_id is null
        and anchor_identifier_key in (select identifier_key from ig_placed)
    {% endif %}
{% endmacro %}

{# Those whose anchor is still theirs: one that several people turn out to share stays behind. #}
{% macro graph_anchored_profiles(plan) %}
    select
        concerned.*,
        located.cluster_id
    from ig_concerned as concerned
    inner join {{ plan.located }} as located on concerned.anchor_identifier_key = located.identifier_key
    left join (
        select identifier_key from {{ graph_table('identifiers') }}
        where
            (is_shared or blocking_priority is not null)
            and identifier_key in (select anchor_identifier_key from ig_concerned)
    ) as unfit on concerned.anchor_identifier_key = unfit.identifier_key
    where unfit.identifier_key is null
{% endmacro %}

{# What the others held, of which the strongest and oldest is their anchor from now on. #}
{% macro graph_heirs() %}
    select members.profile_id, members.identifier_key
    from ig_members_before as members
    inner join ig_concerned as concerned on members.profile_id = concerned.profile_id
    left join ig_anchored as anchored on members.profile_id = anchored.profile_id
    where anchored.profile_id is null
{% endmacro %}

{# Living profiles with the cluster they claim; `is_anchored_anew` where their anchor left them. #}
{% macro graph_claims(plan) %}
    with

    ranked_heirs as (
        select
            heirs.profile_id,
            heirs.identifier_key,
            located.cluster_id,
            dictionary.identifier_type,
            dictionary.identifier_value,
            row_number() over (
                partition by heirs.profile_id
                order by
                    case when identifiers.is_shared or identifiers.blocking_priority is not null then 1 else 0 end,
                    identifiers.strength desc, identifiers.first_observed_at,
                    dictionary.identifier_type, dictionary.identifier_value
            ) as rank_in_profile
        from ig_heirs as heirs
        inner join {{ plan.located }} as located on heirs.identifier_key = located.identifier_key
        {% for table in ['identifiers', 'dictionary'] %}
        inner join (
            select * from {{ graph_table(table) }}
            where identifier_key in (select identifier_key from ig_heirs)
        ) as {{ table }} on heirs.identifier_key = {{ table }}.identifier_key
        {% endfor %}
    ),

    claims as (
        select
            profile_id, anchor_identifier_type, anchor_identifier_value, anchor_identifier_key,
            minted_at, founded_at, cluster_id, false as is_anchored_anew
        from ig_anchored
        union all
        select
            concerned.profile_id, heirs.identifier_type, heirs.identifier_value, heirs.identifier_key,
            concerned.minted_at, concerned.founded_at, heirs.cluster_id, true as is_anchored_anew
        from ig_concerned as concerned
        inner join ranked_heirs as heirs
            on concerned.profile_id = heirs.profile_id and heirs.rank_in_profile = 1
    )

    select
        *,
        first_value(profile_id) over (
            partition by cluster_id order by minted_at, founded_at, profile_id
        ) as owner_profile_id
    from claims
{% endmacro %}

{% macro graph_owned_clusters() %}
    select cluster_id, profile_id as owner_profile_id
    from ig_claims
    where profile_id = owner_profile_id
{% endmacro %}
