-- Disabled in projects that define no match sources, such as the small projects of the tests.
{{ config(enabled=match_sources is defined) }}
{%- set attributes = match_attributes() if match_sources is defined else [] %}

with

proposals as (
    select * from {{ ref('stg_matching__proposals') }}
),

records as (
    select * from {{ ref('int_identity__match_records') }}
),

identifiers as (
    select * from {{ ref('profile_identifiers') }}
),

link_overrides as (
    select * from {{ ref('link_overrides') }}
),

decided_pairs as (
    select
        identifier_type_a,
        identifier_value_a,
        identifier_type_b,
        identifier_value_b
    from link_overrides
    union
    select
        identifier_type_b,
        identifier_value_b,
        identifier_type_a,
        identifier_value_a
    from link_overrides
),

undecided_pairs as (
    select proposals.*
    from proposals
    left join decided_pairs
        on
            proposals.identifier_type_a = decided_pairs.identifier_type_a
            and proposals.identifier_value_a = decided_pairs.identifier_value_a
            and proposals.identifier_type_b = decided_pairs.identifier_type_b
            and proposals.identifier_value_b = decided_pairs.identifier_value_b
    where decided_pairs.identifier_type_a is null
),

-- An attribute that is missing on one record neither agrees nor differs. Pairs with a deleted
-- record are dropped.
compared_pairs as (
    select
        undecided_pairs.*,
        concat_ws(
            ', '
            {%- for name in attributes %},
            case when records_a.{{ name }} = records_b.{{ name }} then '{{ name }}' end
            {%- endfor %}
        ) as agreeing_attributes,
        concat_ws(
            ', '
            {%- for name in attributes %},
            case when records_a.{{ name }} <> records_b.{{ name }} then '{{ name }}' end
            {%- endfor %}
        ) as differing_attributes
    from undecided_pairs
    inner join records as records_a
        on
            undecided_pairs.identifier_type_a = records_a.identifier_type
            and undecided_pairs.identifier_value_a = records_a.identifier_value
    inner join records as records_b
        on
            undecided_pairs.identifier_type_b = records_b.identifier_type
            and undecided_pairs.identifier_value_b = records_b.identifier_value
),

pairs_with_profiles as (
    select
        compared_pairs.pair_id,
        compared_pairs.identifier_type_a,
        compared_pairs.identifier_value_a,
        identifiers_a.profile_id as profile_id_a,
        compared_pairs.identifier_type_b,
        compared_pairs.identifier_value_b,
        identifiers_b.profile_id as profile_id_b,
        compared_pairs.agreeing_attributes,
        compared_pairs.differing_attributes,
        compared_pairs.match_probability,
        compared_pairs.match_weight,
        compared_pairs.model_version,
        compared_pairs.matched_at
    from compared_pairs
    left join identifiers as identifiers_a
        on
            compared_pairs.identifier_type_a = identifiers_a.identifier_type
            and compared_pairs.identifier_value_a = identifiers_a.identifier_value
    left join identifiers as identifiers_b
        on
            compared_pairs.identifier_type_b = identifiers_b.identifier_type
            and compared_pairs.identifier_value_b = identifiers_b.identifier_value
),

-- Pairs that are already in one profile need no decision.
separate_pairs as (
    select * from pairs_with_profiles
    where
        profile_id_a <> profile_id_b
        or profile_id_a is null
        or profile_id_b is null
)

select * from separate_pairs
