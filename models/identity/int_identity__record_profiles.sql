with

records as (
    select * from {{ ref('identity_graph__records') }}
    where source_number <> 0
),

combination_profiles as (
    select * from {{ ref('int_identity__combination_profiles') }}
),

assigned_records as (
    select
        {{ source_model('records.source_number') }} as source_model,
        records.record_id,
        combination_profiles.profile_id,
        combination_profiles.assigned_run
    from records
    left join combination_profiles
        on records.combination_key = combination_profiles.combination_key
)

select * from assigned_records
