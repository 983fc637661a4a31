with

links as (
    select * from {{ ref('identity_graph__links') }}
    -- Attribute links only count for limits.
    where status <> 'attribute'
),

dictionary as (
    select * from {{ ref('identity_graph__dictionary') }}
),

nodes as (
    select * from {{ ref('identity_graph') }}
),

clusters as (
    select * from {{ ref('identity_graph__clusters') }}
),

named as (
    select
        links.*,
        dictionary_a.identifier_type as type_a,
        dictionary_a.identifier_value as value_a,
        dictionary_b.identifier_type as type_b,
        dictionary_b.identifier_value as value_b,
        -- The order of keys has no meaning: the pair is ordered by type and value.
        (dictionary_a.identifier_type, dictionary_a.identifier_value)
        < (dictionary_b.identifier_type, dictionary_b.identifier_value) as is_in_order,
        {{ link_id('dictionary_a', 'dictionary_b') }} as link_id,
        links.status = 'active' as is_active
    from links
    inner join dictionary as dictionary_a
        on links.identifier_key_a = dictionary_a.identifier_key
    inner join dictionary as dictionary_b
        on links.identifier_key_b = dictionary_b.identifier_key
),

described as (
    select
        named.link_id,
        case when named.is_in_order then named.type_a else named.type_b end as identifier_type_a,
        case when named.is_in_order then named.value_a else named.value_b end as identifier_value_a,
        case when named.is_in_order then named.type_b else named.type_a end as identifier_type_b,
        case when named.is_in_order then named.value_b else named.value_a end as identifier_value_b,
        case when named.is_active then clusters.profile_id end as profile_id,
        named.is_active,
        {{ inactive_reason('named.status') }} as inactive_reason,
        named.record_count,
        {{ source_count('named.source_mask') }} as source_count,
        split_part(named.sample_record, ':', 1) as sample_source_model,
        substr(named.sample_record, strpos(named.sample_record, ':') + 1) as sample_record_id,
        named.first_observed_at,
        named.last_observed_at
    from named
    left join nodes
        on named.identifier_key_a = nodes.identifier_key
    left join clusters
        on nodes.cluster_id = clusters.cluster_id
)

select * from described
