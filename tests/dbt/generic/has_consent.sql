{# Fails for profiles whose latest consent record for the channel and purpose is not a grant. #}
{% test has_consent(model, channel, purpose) %}
    with

    payload as (
        select * from {{ model }}
    ),

    consents as (
        select * from {{ ref('profile_consents') }}
        where channel = '{{ channel }}' and purpose = '{{ purpose }}'
    )

    select payload.profile_id
    from payload
    left join consents on payload.profile_id = consents.profile_id
    where coalesce(consents.status, 'never asked') <> 'granted'
{% endtest %}
