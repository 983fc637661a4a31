-- Only in a project that declares what it matches: the tests' small projects read other channels.
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

settled as (
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

unsettled as (
    select proposals.*
    from proposals
    left join settled
        on
            proposals.identifier_type_a = settled.identifier_type_a
            and proposals.identifier_value_a = settled.identifier_value_a
            and proposals.identifier_type_b = settled.identifier_type_b
            and proposals.identifier_value_b = settled.identifier_value_b
    where settled.identifier_type_a is null
),

-- An attribute that one of the two lacks neither agrees nor differs. A record that is gone leaves
-- nothing to decide.
compared as (
    select
        unsettled.*,
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
    from unsettled
    inner join records as records_a
        on
            unsettled.identifier_type_a = records_a.identifier_type
            and unsettled.identifier_value_a = records_a.identifier_value
    inner join records as records_b
        on
            unsettled.identifier_type_b = records_b.identifier_type
            and unsettled.identifier_value_b = records_b.identifier_value
),

profiled as (
    select
        compared.pair_id,
        compared.identifier_type_a,
        compared.identifier_value_a,
        identifiers_a.profile_id as profile_id_a,
        compared.identifier_type_b,
        compared.identifier_value_b,
        identifiers_b.profile_id as profile_id_b,
        compared.agreeing_attributes,
        compared.differing_attributes,
        compared.match_probability,
        compared.match_weight,
        compared.model_version,
        compared.matched_at
    from compared
    left join identifiers as identifiers_a
        on
            compared.identifier_type_a = identifiers_a.identifier_type
            and compared.identifier_value_a = identifiers_a.identifier_value
    left join identifiers as identifiers_b
        on
            compared.identifier_type_b = identifiers_b.identifier_type
            and compared.identifier_value_b = identifiers_b.identifier_value
),

-- What other links have joined already needs no decision.
apart as (
    select * from profiled
    where
        profile_id_a <> profile_id_b
        or profile_id_a is null
        or profile_id_b is null
)

select * from apart
