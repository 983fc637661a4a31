{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='change_id',
        on_schema_change='fail',
        full_refresh=false,
    )
}}

with

ledger as (
    select * from {{ ref('identity_ledger') }}
),

assignments as (
    select * from {{ ref('int_identity__assignments') }}
),

links as (
    select * from {{ ref('profile_links') }}
),

-- What the last run published is compared with what this one will: a run that dies in between
-- leaves the comparison as it was, so that a change is recorded once, never lost or twice.
previous_identifiers as (
    {{ previous_profile_identifiers() }}
),

merged as (
    select
        ledger.profile_id as from_profile_id,
        ledger.redirected_to_profile_id as to_profile_id,
        count(*) as identifier_count,
        min(previous_identifiers.identifier_type || ':' || previous_identifiers.identifier_value)
            as sample_identifier
    from previous_identifiers
    inner join ledger
        on previous_identifiers.profile_id = ledger.profile_id
    where ledger.redirected_to_profile_id is not null
    group by ledger.profile_id, ledger.redirected_to_profile_id
),

split as (
    select
        coalesce(ledger.redirected_to_profile_id, ledger.profile_id) as from_profile_id,
        assignments.profile_id as to_profile_id,
        count(*) as identifier_count,
        min(previous_identifiers.identifier_type || ':' || previous_identifiers.identifier_value)
            as sample_identifier
    from previous_identifiers
    inner join ledger
        on previous_identifiers.profile_id = ledger.profile_id
    inner join assignments
        on
            previous_identifiers.identifier_type = assignments.identifier_type
            and previous_identifiers.identifier_value = assignments.identifier_value
    where
        assignments.profile_id
        <> coalesce(ledger.redirected_to_profile_id, ledger.profile_id)
    group by
        coalesce(ledger.redirected_to_profile_id, ledger.profile_id),
        assignments.profile_id
),

-- The links that leave the younger profile's old members: the latest of them brought the merge.
bridges as (
    select
        merged.from_profile_id,
        links.link_id,
        row_number() over (
            partition by merged.from_profile_id
            order by links.first_observed_at desc, links.link_id
        ) as rank_in_merge
    from merged
    inner join links
        on merged.to_profile_id = links.profile_id
    left join previous_identifiers as previous_a
        on
            links.identifier_type_a = previous_a.identifier_type
            and links.identifier_value_a = previous_a.identifier_value
    left join previous_identifiers as previous_b
        on
            links.identifier_type_b = previous_b.identifier_type
            and links.identifier_value_b = previous_b.identifier_value
    where
        merged.from_profile_id in (previous_a.profile_id, previous_b.profile_id)
        and coalesce(previous_a.profile_id, '') <> coalesce(previous_b.profile_id, '')
),

changed as (
    select
        'merge' as change_type,
        merged.from_profile_id,
        merged.to_profile_id,
        merged.identifier_count,
        merged.sample_identifier,
        bridges.link_id as cause_link_id
    from merged
    left join bridges
        on merged.from_profile_id = bridges.from_profile_id and bridges.rank_in_merge = 1
    union all
    select
        'split' as change_type,
        from_profile_id,
        to_profile_id,
        identifier_count,
        sample_identifier,
        cast(null as text) as cause_link_id
    from split
),

keyed as (
    select
        {{ surrogate_key([
            'change_type', 'from_profile_id', 'to_profile_id', 'sample_identifier'
        ]) }} as change_id,
        change_type,
        from_profile_id,
        to_profile_id,
        cause_link_id,
        identifier_count,
        {{ run_timestamp() }} as changed_at
    from changed
)

select * from keyed
