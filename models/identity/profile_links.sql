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

pairs as (
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

keyed_links as (
    select
        pairs.link_id,
        case when pairs.is_in_order then pairs.type_a else pairs.type_b end as identifier_type_a,
        case when pairs.is_in_order then pairs.value_a else pairs.value_b end as identifier_value_a,
        case when pairs.is_in_order then pairs.type_b else pairs.type_a end as identifier_type_b,
        case when pairs.is_in_order then pairs.value_b else pairs.value_a end as identifier_value_b,
        case when pairs.is_active then clusters.profile_id end as profile_id,
        pairs.is_active,
        {{ inactive_reason('pairs.status') }} as inactive_reason,
        pairs.record_count,
        {{ source_count('pairs.source_mask') }} as source_count,
        split_part(pairs.sample_record, ':', 1) as sample_source_model,
        substr(pairs.sample_record, strpos(pairs.sample_record, ':') + 1) as sample_record_id,
        pairs.first_observed_at,
        pairs.last_observed_at
    from pairs
    left join nodes
        on pairs.identifier_key_a = nodes.identifier_key
    left join clusters
        on nodes.cluster_id = clusters.cluster_id
)

select * from keyed_links
