with

records as (
    select * from {{ graph_table('records', ref('identity_graph')) }}
    where source_number <> 0
),

set_profiles as (
    select * from {{ ref('int_identity__set_profiles') }}
),

attributed as (
    select
        {{ source_model('records.source_number') }} as source_model,
        records.record_id,
        set_profiles.profile_id,
        set_profiles.attributed_run
    from records
    left join set_profiles
        on records.set_key = set_profiles.set_key
)

select * from attributed
