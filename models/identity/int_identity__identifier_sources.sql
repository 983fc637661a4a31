with

combinations as (
    select * from {{ ref('identity_graph__combinations') }}
    where source_number <> 0
),

identifiers as (
    select
        identifier_key,
        identifier_type
    from {{ ref('int_identity__assigned_identifiers') }}
),

sightings as (
    select
        {{ source_model('source_number') }} as source_model,
        unnest(identifier_keys) as identifier_key,
        record_count
    from combinations
),

identifiers_by_source as (
    select
        sightings.source_model,
        identifiers.identifier_type,
        sightings.identifier_key,
        sum(sightings.record_count) as record_count
    from sightings
    inner join identifiers on sightings.identifier_key = identifiers.identifier_key
    group by sightings.source_model, identifiers.identifier_type, sightings.identifier_key
)

select * from identifiers_by_source
