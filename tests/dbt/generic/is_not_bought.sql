{# Fails for profiles that bought the product in any channel since they showed interest in it. #}
{% test is_not_bought(model) %}
    with

    payload as (
        select * from {{ model }}
    ),

    interests as (
        select * from {{ ref('abandoned_products') }}
    ),

    purchases as (
        select * from {{ ref('order_lines') }}
        where not is_return and ordered_at <= {{ as_of() }}
    )

    select payload.profile_id
    from payload
    inner join interests
        on
            payload.profile_id = interests.profile_id
            and payload.product_id = interests.product_id
    inner join purchases
        on
            payload.profile_id = purchases.profile_id
            and payload.product_id = purchases.product_id
            and purchases.ordered_at >= interests.last_interested_at
{% endtest %}
