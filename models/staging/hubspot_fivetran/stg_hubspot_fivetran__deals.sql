{{ config(enabled=connector_is_on()) }}

-- The primary company counts, otherwise the company with the smallest id. A stage that is not
-- listed keeps its id.
with

base as (
    select * from {{ ref('base_hubspot_fivetran__deal') }}
),

companies as (
    select
        *,
        row_number() over (
            partition by deal_id
            order by
                case when category = 'HUBSPOT_DEFINED' and type_id = '5' then 0 else 1 end,
                length(company_id), company_id
        ) as company_number
    from {{ ref('stg_hubspot_fivetran__deal_companies') }}
),

pipelines as (
    select * from {{ ref('stg_hubspot_fivetran__pipelines') }}
),

stages as (
    select * from {{ ref('stg_hubspot_fivetran__pipeline_stages') }}
),

accepted as (
    select
        base.deal_id,
        companies.company_id,
        base.name,
        coalesce(pipelines.label, base.pipeline_id) as pipeline,
        coalesce(stages.label, base.stage_id) as stage,
        coalesce(base.is_won, stages.is_closed and stages.probability = 1, false) as is_won,
        coalesce(base.is_closed, stages.is_closed, false) as is_closed,
        base.amount,
        base.currency,
        base.is_deleted,
        base.created_at as opened_at,
        base.closes_at,
        base.updated_at,
        base._record_key,
        greatest(
            base._staged_batch, companies._staged_batch, pipelines._staged_batch,
            stages._staged_batch
        ) as _staged_batch
    from base
    left join companies on base.deal_id = companies.deal_id and companies.company_number = 1
    left join pipelines on base.pipeline_id = pipelines.pipeline_id
    left join stages
        on base.pipeline_id = stages.pipeline_id and base.stage_id = stages.stage_id
    where base._row_status = 'accepted'
),

with_status as (
    select
        deal_id,
        company_id,
        name,
        pipeline,
        stage,
        case when is_won then 'won' when is_closed then 'lost' else 'open' end as status,
        amount,
        currency,
        is_deleted,
        opened_at,
        case when is_won or is_closed then closes_at end as closed_at,
        cast(closes_at as date) as expected_close_date,
        updated_at,
        _record_key,
        _staged_batch
    from accepted
)

select * from with_status
