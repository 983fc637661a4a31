{{ config(schema='contacts') }}
{{ incremental_by('profile') }}

-- Candidates are ranked with few columns, since all of them are sorted; the values are joined last.
-- Seed `survivorship_rules` gives the order of the criteria.
with

candidates as (
    select * from {{ changed('int_profiles__contact_candidates') }}
),

records as (
    select * from {{ changed('int_profiles__contacts_attributed') }}
),

deliverability as (
    select * from {{ ref('int_profiles__email_deliverability') }}
),

source_trust as (
    select * from {{ ref('source_trust') }}
),

rules as (
    select * from {{ ref('survivorship_rules') }}
),

numbered_rules as (
    select
        attribute,
        criterion,
        row_number() over (partition by attribute order by priority) as rule_number
    from rules
),

ordered_criteria as (
    select
        attribute,
        max(case when rule_number = 1 then criterion end) as first_criterion,
        max(case when rule_number = 2 then criterion end) as second_criterion,
        max(case when rule_number = 3 then criterion end) as third_criterion,
        max(case when rule_number = 4 then criterion end) as fourth_criterion
    from numbered_rules
    group by attribute
),

evidence as (
    select
        candidates.profile_id,
        candidates.attribute,
        candidates.value_key,
        candidates.source_model,
        candidates.record_id,
        candidates.observed_at,
        source_trust.priority as source_priority,
        coalesce(deliverability.validity, 'unverified') as validity,
        count(*) over (
            partition by candidates.profile_id, candidates.attribute, candidates.value_key
        ) as record_count
    from candidates
    left join source_trust
        on
            candidates.attribute = source_trust.attribute
            and candidates.source_model = source_trust.source_model
    left join deliverability
        on
            candidates.attribute = 'email'
            and candidates.email_identifier = deliverability.email_identifier
),

ranked_candidates as (
    select
        evidence.*,
        row_number() over (
            partition by evidence.profile_id, evidence.attribute
            order by
                {{ survivorship_score('ordered_criteria.first_criterion') }},
                {{ survivorship_score('ordered_criteria.second_criterion') }},
                {{ survivorship_score('ordered_criteria.third_criterion') }},
                {{ survivorship_score('ordered_criteria.fourth_criterion') }},
                evidence.source_model,
                evidence.record_id
        ) as rank_number
    from evidence
    left join ordered_criteria on evidence.attribute = ordered_criteria.attribute
),

kept_winners as (
    select * from ranked_candidates
    where rank_number = 1
),

golden_values as (
    select
        kept_winners.*,
        records.email,
        records.email_identifier,
        records.phone,
        records.first_name,
        records.last_name,
        records.birth_date,
        records.address_line,
        records.postcode,
        records.city,
        records.country,
        records.preferred_language
    from kept_winners
    left join records
        on
            kept_winners.source_model = records.source_model
            and kept_winners.record_id = records.record_id
)

select * from golden_values
