with

links as (
    select * from {{ ref('int_identity__links') }}
),

identifiers as (
    select * from {{ ref('int_identity__identifiers') }}
),

assignments as (
    select * from {{ ref('int_identity__assignments') }}
),

described as (
    select
        identifiers_a.identifier_type as identifier_type_a,
        identifiers_a.identifier_value as identifier_value_a,
        identifiers_b.identifier_type as identifier_type_b,
        identifiers_b.identifier_value as identifier_value_b,
        case when links.withheld_reason is null then assignments.profile_id end as profile_id,
        links.withheld_reason is null as is_active,
        links.withheld_reason,
        links.record_count,
        links.source_count,
        split_part(links.sample_record, ':', 1) as sample_source_model,
        substr(links.sample_record, strpos(links.sample_record, ':') + 1) as sample_record_id,
        links.first_observed_at,
        links.last_observed_at
    from links
    inner join identifiers as identifiers_a
        on links.identifier_key_a = identifiers_a.identifier_key
    inner join identifiers as identifiers_b
        on links.identifier_key_b = identifiers_b.identifier_key
    left join assignments
        on links.identifier_key_a = assignments.identifier_key
),

keyed as (
    select
        {{ surrogate_key([
            'identifier_type_a', 'identifier_value_a', 'identifier_type_b', 'identifier_value_b'
        ]) }} as link_id,
        described.*
    from described
)

select * from keyed
