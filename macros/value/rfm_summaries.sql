{#
    Definitions as in Fader, Hardie and Lee (2005), '"Counting your customers" the easy way'. A
    purchase is a day with orders; the first one is not a repeat purchase.
#}
{% macro rfm_summaries(orders, observed_until) %}
    {{ return(adapter.dispatch('rfm_summaries', 'customer_data_platform')(
        orders, observed_until
    )) }}
{% endmacro %}

{% macro default__rfm_summaries(orders, observed_until) %}
    select
        profile_id,
        count(*) - 1 as frequency,
        cast(max(purchase_date) - min(purchase_date) as bigint) as recency_days,
        cast({{ observed_until }} - min(purchase_date) as bigint) as tenure_days,
        {{ average_amount(
            'sum(case when purchase_number > 1 then amount end)',
            'count(case when purchase_number > 1 then amount end)'
        ) }} as monetary_amount,
        {{ observed_until }} as observed_until
    from (
        select
            profile_id,
            cast(ordered_at as date) as purchase_date,
            sum(reporting_amount) as amount,
            row_number() over (
                partition by profile_id
                order by cast(ordered_at as date)
            ) as purchase_number
        from {{ orders }}
        where
            profile_id is not null
            and not is_return
            and ordered_at <= {{ as_of() }}
            and cast(ordered_at as date) <= {{ observed_until }}
        group by profile_id, cast(ordered_at as date)
    ) as purchases
    group by profile_id
{%- endmacro %}
