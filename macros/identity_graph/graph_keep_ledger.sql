{#
    Gives every cluster that changed its profile. A living profile claims the cluster of its anchor; the
    oldest claim owns it and the others redirect to that one. A cluster that nobody claims mints an id from
    its strongest and oldest identifier. ig_ledger_changes holds the rows that the ledger gets.
#}
{% macro graph_keep_ledger(plan) %}
    {% do replace_temp_table('ig_claims', graph_claims(plan)) %}
    {% do replace_temp_table('ig_owned', graph_owned_clusters()) %}
    {% do replace_temp_table('ig_minted', graph_minted_profiles(plan)) %}
    {% do replace_temp_table('ig_ledger_changes', graph_ledger_changes()) %}
    {% set ledger = graph_table('ledger') %}
    {% set clusters = graph_table('clusters') %}
    {% do run_query('delete from ' ~ ledger ~ ' where profile_id in (select profile_id from ig_ledger_changes)') %}
    {% do run_query('insert into ' ~ ledger ~ ' select * from ig_ledger_changes') %}
    {% if not plan.is_rebuild %}
        {% set deleted %}
            delete from {{ clusters }}
            where cluster_id in (
                select cluster_id from ig_clusters_before
                union
                select cluster_id from ig_clusters_after
                union
                select cluster_id from ig_owned
            )
        {% endset %}
        {% do run_query(deleted) %}
    {% endif %}
    {% set inserted %}
        insert into {{ clusters }}
        select cluster_id, owner_profile_id from ig_owned
        union all
        select cluster_id, profile_id from ig_minted
    {% endset %}
    {% do run_query(inserted) %}
{% endmacro %}

{# Living profiles with the cluster they claim; `is_anchored_anew` where their anchor left the graph. #}
{% macro graph_claims(plan) %}
    {% set ledger = graph_table('ledger') %}
    with

    concerned as (
        select ledger.*
        from {{ ledger }} as ledger
        where
            ledger.redirected_to_profile_id is null
            {% if not plan.is_rebuild %}
            and (
                ledger.profile_id in (select profile_id from ig_members_before)
                or ledger.anchor_identifier_key in (select identifier_key from ig_placed)
            )
            {% endif %}
    ),

    anchored as (
        select
            concerned.*,
            nodes.cluster_id
        from concerned
        inner join (
            select nodes.identifier_key, nodes.cluster_id
            from {{ graph_table('nodes') }} as nodes
            where nodes.identifier_key in (select anchor_identifier_key from concerned)
        ) as nodes on concerned.anchor_identifier_key = nodes.identifier_key
    ),

    {# Goes on with the strongest and oldest of the identifiers it held. #}
    unanchored as (
        select concerned.*
        from concerned
        left join anchored on concerned.profile_id = anchored.profile_id
        where anchored.profile_id is null
    ),

    heirs as (
        select
            unanchored.profile_id,
            members.identifier_key
        from unanchored
        inner join ig_members_before as members on unanchored.profile_id = members.profile_id
    ),

    ranked_heirs as (
        select
            heirs.profile_id,
            heirs.identifier_key,
            nodes.cluster_id,
            dictionary.identifier_type,
            dictionary.identifier_value,
            row_number() over (
                partition by heirs.profile_id
                order by
                    identifiers.strength desc, identifiers.first_observed_at,
                    dictionary.identifier_type, dictionary.identifier_value
            ) as rank_in_profile
        from heirs
        inner join {{ graph_table('nodes') }} as nodes on heirs.identifier_key = nodes.identifier_key
        inner join {{ graph_table('identifiers') }} as identifiers
            on heirs.identifier_key = identifiers.identifier_key
        inner join {{ graph_table('dictionary') }} as dictionary
            on heirs.identifier_key = dictionary.identifier_key
    ),

    claims as (
        select
            profile_id, anchor_identifier_type, anchor_identifier_value, anchor_identifier_key,
            minted_at, founded_at, cluster_id, false as is_anchored_anew
        from anchored
        union all
        select
            unanchored.profile_id, heirs.identifier_type, heirs.identifier_value, heirs.identifier_key,
            unanchored.minted_at, unanchored.founded_at, heirs.cluster_id, true as is_anchored_anew
        from unanchored
        inner join ranked_heirs as heirs
            on unanchored.profile_id = heirs.profile_id and heirs.rank_in_profile = 1
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

{# Founders of clusters without an owner: the strongest identifier, of equals the oldest. #}
{% macro graph_minted_profiles(plan) %}
    with

    unowned as (
        select clusters.cluster_id
        from ig_clusters_after as clusters
        left join ig_owned as owned on clusters.cluster_id = owned.cluster_id
        where owned.cluster_id is null
    ),

    members as (
        select
            nodes.cluster_id,
            nodes.identifier_key,
            identifiers.strength,
            identifiers.first_observed_at
        from {{ graph_table('nodes') }} as nodes
        inner join unowned on nodes.cluster_id = unowned.cluster_id
        inner join {{ graph_table('identifiers') }} as identifiers
            on nodes.identifier_key = identifiers.identifier_key
    ),

    strongest as (
        select cluster_id, max(strength) as strength
        from members
        group by cluster_id
    ),

    oldest as (
        select members.cluster_id, min(members.first_observed_at) as first_observed_at
        from members
        inner join strongest
            on members.cluster_id = strongest.cluster_id and members.strength = strongest.strength
        group by members.cluster_id
    ),

    {# Few are left, so that only their values are looked up. All are of one type. #}
    candidates as (
        select
            members.cluster_id,
            members.identifier_key,
            members.first_observed_at,
            dictionary.identifier_type,
            dictionary.identifier_value
        from members
        inner join strongest
            on members.cluster_id = strongest.cluster_id and members.strength = strongest.strength
        inner join oldest
            on
                members.cluster_id = oldest.cluster_id
                and members.first_observed_at is not distinct from oldest.first_observed_at
        inner join {{ graph_table('dictionary') }} as dictionary
            on members.identifier_key = dictionary.identifier_key
    ),

    founding_values as (
        select cluster_id, min(identifier_value) as identifier_value
        from candidates
        group by cluster_id
    ),

    founders as (
        select candidates.*
        from candidates
        inner join founding_values
            on
                candidates.cluster_id = founding_values.cluster_id
                and candidates.identifier_value = founding_values.identifier_value
    ),

    generations as (
        select
            founding_identifier_type,
            founding_identifier_value,
            max(generation) as generation
        from {{ graph_table('ledger') }}
        group by founding_identifier_type, founding_identifier_value
    ),

    founded as (
        select
            founders.*,
            coalesce(generations.generation, 0) + 1 as generation
        from founders
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

{% macro graph_ledger_changes() %}
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
        cast(null as timestamp) as redirected_at
    from ig_minted
    union all
    {# Ids that redirect to a profile which now loses itself follow it: a redirect is always one step. #}
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
        coalesce(ledger.redirected_at, {{ run_timestamp() }}) as redirected_at
    from {{ graph_table('ledger') }} as ledger
    inner join ig_claims as claims
        on coalesce(ledger.redirected_to_profile_id, ledger.profile_id) = claims.profile_id
    where claims.profile_id <> claims.owner_profile_id
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
        ledger.redirected_at
    from {{ graph_table('ledger') }} as ledger
    inner join ig_claims as claims on ledger.profile_id = claims.profile_id
    where claims.is_anchored_anew and claims.profile_id = claims.owner_profile_id
{% endmacro %}
