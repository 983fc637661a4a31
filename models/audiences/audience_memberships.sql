-- Past memberships cannot be recomputed from current data, so a full refresh keeps this table.
{{
    config(
        materialized='incremental',
        incremental_strategy='delete+insert',
        unique_key='membership_id',
        on_schema_change='append_new_columns',
        full_refresh=false,
    )
}}

with

members as (
    select * from {{ ref('int_audiences__members') }}
),

redirects as (
    select * from {{ ref('profile_redirects') }}
),

memberships as (
    {% if is_incremental() %}
    select * from {{ this }}
    {% else %}
    select
        cast(null as text) as membership_id,
        cast(null as text) as audience_name,
        cast(null as text) as profile_id,
        cast(null as boolean) as is_holdout,
        cast(null as timestamp) as entered_at,
        cast(null as timestamp) as left_at
    where 1 = 0
    {% endif %}
),

-- Memberships follow merges to the surviving profile.
followed_merges as (
    select
        memberships.membership_id,
        memberships.audience_name,
        coalesce(redirects.profile_id, memberships.profile_id) as profile_id,
        memberships.profile_id as known_profile_id,
        memberships.is_holdout,
        memberships.entered_at,
        memberships.left_at
    from memberships
    left join redirects on memberships.profile_id = redirects.old_profile_id
),

numbered_stays as (
    select
        *,
        row_number() over (
            partition by audience_name, profile_id, left_at is null
            order by entered_at, membership_id
        ) as stay_number
    from followed_merges
),

-- When two members are merged, keep the longer membership period.
found_leavers as (
    select
        stays.membership_id,
        stays.audience_name,
        stays.profile_id,
        stays.known_profile_id,
        stays.is_holdout,
        stays.entered_at,
        stays.left_at as known_left_at,
        case
            when stays.left_at is not null then stays.left_at
            when members.profile_id is null or stays.stay_number > 1
                then greatest(stays.entered_at, {{ as_of() }})
        end as left_at
    from numbered_stays as stays
    left join members
        on
            stays.audience_name = members.audience_name
            and stays.profile_id = members.profile_id
),

kept_changed as (
    select
        membership_id,
        audience_name,
        profile_id,
        is_holdout,
        entered_at,
        left_at
    from found_leavers
    where
        profile_id <> known_profile_id
        or (left_at is not null and known_left_at is null)
),

found_entrants as (
    select
        {{ surrogate_key(['members.audience_name', 'members.profile_id', as_of()]) }}
            as membership_id,
        members.audience_name,
        members.profile_id,
        members.is_holdout,
        {{ as_of() }} as entered_at,
        cast(null as timestamp) as left_at
    from members
    left join followed_merges as stays
        on
            members.audience_name = stays.audience_name
            and members.profile_id = stays.profile_id
            and stays.left_at is null
    where stays.membership_id is null
),

unioned as (
    select * from kept_changed
    union all
    select * from found_entrants
)

select * from unioned
{%- if flags.EMPTY %}
-- With empty inputs, all members would seem to have left.
where 1 = 0
{%- endif %}
