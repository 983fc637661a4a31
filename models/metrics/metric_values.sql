{{ config(schema='metrics', group='audiences', materialized='table') }}

-- Models that the metrics aggregate, since dbt does not find them in the definitions.
-- depends_on: {{ ref('profiles') }}
-- depends_on: {{ ref('events') }}
-- depends_on: {{ ref('sessions') }}
-- depends_on: {{ ref('orders') }}
-- depends_on: {{ ref('audience_memberships') }}
-- depends_on: {{ ref('touchpoints') }}

with

{% if graph.metrics %}
{{ measure_ctes() }},
{% endif %}

measured as (
    {% for metric in graph.metrics.values() | sort(attribute='name') %}
    {{ 'union all' if not loop.first }}
    {{ metric_query(metric) }}
    {% else %}
    -- No metric is known while the project is being parsed.
    select
        cast(null as text) as metric_name,
        cast(null as text) as period,
        cast(null as date) as period_start,
        cast(null as double precision) as metric_value
    where 1 = 0
    {% endfor %}
),

values_with_key as (
    select
        {{ surrogate_key(['metric_name', 'period', 'period_start']) }} as metric_value_id,
        metric_name,
        period,
        metric_value,
        period_start
    from measured
)

select * from values_with_key
