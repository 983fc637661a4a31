{{ config(
    materialized='incremental',
    incremental_strategy='whole',
    on_schema_change='append_new_columns',
    schema='contacts',
) }}

{%- set batch = rising_batch(['_changed_batch']) -%}
{%- set is_known = is_incremental() and has_column(this, '_changed_batch') %}

with

email_events as (
    select * from {{ ref('stg_email__events') }}
    where email_identifier is not null and occurred_at <= {{ as_of() }}
),

summed as (
    select
        email_identifier,
        max(case when event_name = 'email_unsubscribed' then occurred_at end) as unsubscribed_at,
        max(case when event_name = 'email_complained' then occurred_at end) as complained_at,
        max(
            case when event_name = 'email_bounced' and bounce_type = 'hard' then occurred_at end
        ) as bounced_at,
        max(
            case when event_name in ('email_opened', 'email_clicked') then occurred_at end
        ) as verified_at,
        max(
            case
                when event_name in ('email_delivered', 'email_opened', 'email_clicked')
                    then occurred_at
            end
        ) as reached_at
    from email_events
    group by email_identifier
),

judged as (
    select
        *,
        {{ contact_validity('verified_at', 'bounced_at', 'reached_at', as_of()) }} as validity
    from summed
),

-- Only what a contact is judged by counts as a change.
stamped as (
    select
        judged.*,
        {%- if is_known %}
        case
            when
                judged.validity = known.validity
                and judged.verified_at is not distinct from known.verified_at
                then known._changed_batch
            else {{ batch }}
        end as _changed_batch
        {%- else %}
        {{ batch }} as _changed_batch
        {%- endif %}
    from judged
    {%- if is_known %}
    left join {{ this }} as known on judged.email_identifier = known.email_identifier
    {%- endif %}
)

select * from stamped
