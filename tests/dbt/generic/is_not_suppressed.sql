{# Fails for profiles that are suppressed on the channel. #}
{% test is_not_suppressed(model, channel) %}
    with

    payload as (
        select * from {{ model }}
    ),

    suppressions as (
        select * from {{ ref('suppressions') }}
        where channel = '{{ channel }}'
    )

    select payload.profile_id
    from payload
    inner join suppressions on payload.profile_id = suppressions.profile_id
{% endtest %}
