{#
    Gives every cluster that changed its profile. A living profile claims the cluster of its anchor; the
    oldest claim owns it and the others redirect to that one. A cluster that nobody claims mints an id from
    its strongest and oldest identifier. ig_ledger_changes holds the rows that the ledger gets.
#}
{% macro graph_keep_ledger(plan) %}
    {% do replace_temp_table('ig_concerned', graph_concerned_profiles(plan)) %}
    {% do replace_temp_table('ig_anchored', graph_anchored_profiles()) %}
    {% do replace_temp_table('ig_heirs', graph_heirs()) %}
    {% do replace_temp_table('ig_claims', graph_claims()) %}
    {% do replace_temp_table('ig_owned', graph_owned_clusters()) %}
    {% do replace_temp_table('ig_founders', graph_founders()) %}
    {% do replace_temp_table('ig_minted', graph_minted_profiles()) %}
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

{# Living profiles that may have lost or won a cluster. #}
{% macro graph_concerned_profiles(plan) %}
    select
        profile_id, anchor_identifier_type, anchor_identifier_value, anchor_identifier_key,
        minted_at, founded_at
    from {{ graph_table('ledger') }}
    where
        redirected_to_profile_id is null
        {% if not plan.is_rebuild %}
        and (
            profile_id in (select profile_id from ig_members_before)
            or anchor_identifier_key in (select identifier_key from ig_placed)
        )
        {% endif %}
{% endmacro %}

{# Those whose anchor is still theirs: one that several people turn out to share stays behind. #}
{% macro graph_anchored_profiles() %}
    select
        concerned.*,
        nodes.cluster_id
    from ig_concerned as concerned
    inner join (
        select identifier_key, cluster_id from {{ graph_table('nodes') }}
        where identifier_key in (select anchor_identifier_key from ig_concerned)
    ) as nodes on concerned.anchor_identifier_key = nodes.identifier_key
    inner join (
        select identifier_key from {{ graph_table('identifiers') }}
        where
            identifier_key in (select anchor_identifier_key from ig_concerned)
            and not is_shared
            and blocking_priority is null
    ) as identifiers on concerned.anchor_identifier_key = identifiers.identifier_key
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
{% macro graph_claims() %}
    with

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
                    case when identifiers.is_shared or identifiers.blocking_priority is not null then 1 else 0 end,
                    identifiers.strength desc, identifiers.first_observed_at,
                    dictionary.identifier_type, dictionary.identifier_value
            ) as rank_in_profile
        from ig_heirs as heirs
        {% for table in ['nodes', 'identifiers', 'dictionary'] %}
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

{#
    Identifiers of clusters without an owner that may found them: those of the strongest type that were
    first observed in the earliest second, which are packed into one number. Few clusters have two.
#}
{% macro graph_founders() %}
    with

    members as (
        select
            located.cluster_id,
            located.identifier_key,
            located.first_observed_at,
            cast(100000 - located.strength as bigint) * 100000000000
            + cast(floor(extract(epoch from located.first_observed_at)) as bigint) as packed
        from ig_located as located
        inner join ig_clusters_after as clusters on located.cluster_id = clusters.cluster_id
        left join ig_owned as owned on located.cluster_id = owned.cluster_id
        where owned.cluster_id is null
    ),

    foremost as (
        select cluster_id, min(packed) as packed
        from members
        group by cluster_id
    )

    select members.cluster_id, members.identifier_key, members.first_observed_at
    from members
    inner join foremost
        on members.cluster_id = foremost.cluster_id and members.packed = foremost.packed
{% endmacro %}

{# The oldest founder of each cluster, of equals the lesser value, with an id of the next generation. #}
{% macro graph_minted_profiles() %}
    with

    founders as (
        select
            founders.cluster_id,
            founders.identifier_key,
            founders.first_observed_at,
            dictionary.identifier_type,
            dictionary.identifier_value,
            row_number() over (
                partition by founders.cluster_id
                order by founders.first_observed_at, dictionary.identifier_value
            ) as rank_in_cluster
        from ig_founders as founders
        inner join (
            select * from {{ graph_table('dictionary') }}
            where identifier_key in (select identifier_key from ig_founders)
        ) as dictionary on founders.identifier_key = dictionary.identifier_key
    ),

    generations as (
        select
            founding_identifier_type,
            founding_identifier_value,
            max(generation) as generation
        from {{ graph_table('ledger') }}
        where founding_identifier_value in (select identifier_value from founders)
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
        where founders.rank_in_cluster = 1
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
    inner join (
        select profile_id, owner_profile_id from ig_claims where profile_id <> owner_profile_id
    ) as claims
        on coalesce(ledger.redirected_to_profile_id, ledger.profile_id) = claims.profile_id
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
