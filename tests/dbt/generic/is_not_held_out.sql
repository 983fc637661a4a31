{#
    Fails for profiles that are not current members of the audience or are in its holdout. The
    audience is the same for all rows or named by a column.
#}
{% test is_not_held_out(model, audience=none, audience_column=none) %}
    with

    payload as (
        select
            profile_id,
            {{ audience_column if audience_column else "'" ~ audience ~ "'" }} as audience_name
        from {{ model }}
    ),

    memberships as (
        select * from {{ ref('audience_memberships') }}
        where left_at is null
    )

    select payload.profile_id
    from payload
    left join memberships
        on
            payload.audience_name = memberships.audience_name
            and payload.profile_id = memberships.profile_id
    where coalesce(memberships.is_holdout, true)
{% endtest %}
