{#
    Alias calls: one row per id. The ids are linked by the vendor's word. `previousId` is a former user id or an anonymous
    id, and it is a user id only if calls have it as such.
#}
{% macro tracking_aliases(connector) -%}
with

base as (
    select * from {{ ref('base_' ~ connector ~ '__events') }}
),

aliases as (
    select * from base
    where
        _row_status = 'accepted' and call_type = 'alias' and account_id is not null and previous_id is not null
),

former_accounts as (
    select
        account_id,
        min(_staged_batch) as _staged_batch
    from base
    where _row_status = 'accepted' and account_id in (select aliases.previous_id from aliases)
    group by account_id
),

ids as (
    select
        account_id,
        cast(null as text) as anonymous_id,
        account_id as surviving_id,
        occurred_at,
        _record_key || '/surviving' as _record_key,
        _staged_batch
    from aliases
    union all
    select
        former_accounts.account_id,
        aliases.previous_id as anonymous_id,
        aliases.account_id as surviving_id,
        aliases.occurred_at,
        aliases._record_key || '/merged' as _record_key,
        greatest(aliases._staged_batch, former_accounts._staged_batch) as _staged_batch
    from aliases
    left join former_accounts on aliases.previous_id = former_accounts.account_id
)

select * from ids
{%- endmacro %}

{# Group calls, which name the company of a person. #}
{% macro tracking_groups(connector) -%}
with

base as (
    select * from {{ ref('base_' ~ connector ~ '__events') }}
),

accepted as (
    select
        event_id,
        account_id,
        anonymous_id,
        group_id,
        company_name,
        {{ url_host("case when company_website like '%://%' then company_website else 'https://' || company_website end") }}
            as company_domain,
        company_industry,
        occurred_at,
        _record_key,
        _staged_batch
    from base
    where _row_status = 'accepted' and call_type = 'group' and group_id is not null
)

select * from accepted
{%- endmacro %}
