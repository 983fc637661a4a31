with

candidates as (
    select * from {{ ref('int_profiles__contact_candidates') }}
),

source_trust as (
    select * from {{ ref('source_trust') }}
),

ranked_candidates as (
    select
        candidates.*,
        row_number() over (
            partition by candidates.profile_id, candidates.attribute
            order by
                source_trust.priority is null,
                source_trust.priority,
                candidates.observed_at desc,
                candidates.source_model,
                candidates.record_id
        ) as rank_number
    from candidates
    left join source_trust
        on
            candidates.attribute = source_trust.attribute
            and candidates.source_model = source_trust.source_model
),

kept_winners as (
    select * from ranked_candidates
    where rank_number = 1
)

select * from kept_winners
