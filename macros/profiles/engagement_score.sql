{#
    Engagement score from 0 to 100. Interactions of the last 7 days count four times, of the last 30 days twice, of the
    last 90 days once; an email or push engagement counts as much as two on the site. `relation` has the columns
    `<kind>_engagement_<days>_days_count`.
#}
{% macro engagement_score(relation) %}
    {{ return(adapter.dispatch('engagement_score', 'customer_data_platform')(relation)) }}
{% endmacro %}

{% macro default__engagement_score(relation) %}
    cast(
        least(
            100,
            coalesce(
                {%- for kind, weight in {'email': 2, 'push': 2, 'site': 1}.items() %}
                {{ weight }} * (
                    {{ relation }}.{{ kind }}_engagement_90_days_count
                    + {{ relation }}.{{ kind }}_engagement_30_days_count
                    + 2 * {{ relation }}.{{ kind }}_engagement_7_days_count
                ){{ ' +' if not loop.last }}
                {%- endfor %},
                0
            )
        ) as bigint
    )
{%- endmacro %}
