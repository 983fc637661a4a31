{#
    Query of one metric by period, made of its definition in models/metrics: the value of a measure, or
    the ratio of two. Dashboards and tests read this, so that no figure is defined twice.
#}
{% macro metric_query(metric) %}
    {% if metric.type == 'simple' %}
    {{ measure_query(metric.name, metric.type_params.measure.name) }}
    {% else %}
    select
        cast('{{ metric.name }}' as text) as metric_name,
        numerator.period,
        numerator.period_start,
        cast(numerator.metric_value / nullif(denominator.metric_value, 0) as double precision) as metric_value
    from (
        {{ measure_query(metric.name, metric_named(metric.type_params.numerator.name).type_params.measure.name) }}
    ) as numerator
    inner join (
        {{ measure_query(metric.name, metric_named(metric.type_params.denominator.name).type_params.measure.name) }}
    ) as denominator
        on numerator.period = denominator.period and numerator.period_start = denominator.period_start
    {% endif %}
{% endmacro %}

{# A measure by day, by month and in all; what is in no day, since it has no time, is in none of them. #}
{% macro measure_query(metric_name, measure_name) %}
    {% for semantic_model in graph.semantic_models.values() %}
    {% for measure in semantic_model.measures if measure.name == measure_name %}
    {% set time = semantic_model.defaults.agg_time_dimension %}
    {% for period in ['day', 'month', 'all'] %}
    {% set start = "date '1970-01-01'" if period == 'all' else "cast(date_trunc('" ~ period ~ "', " ~ time ~ ') as date)' %}
    {% if not loop.first %}union all{% endif %}
    select
        cast('{{ metric_name }}' as text) as metric_name,
        cast('{{ period }}' as text) as period,
        {{ start }} as period_start,
        cast({{ measure_aggregation(measure) }} as double precision) as metric_value
    from {{ ref(semantic_model.node_relation.alias) }}
    where {{ time }} is not null
    group by {{ start }}
    {% endfor %}
    {% endfor %}
    {% endfor %}
{% endmacro %}

{# The aggregate of a measure; one that is not known here is an error that names it. #}
{% macro measure_aggregation(measure) %}
    {% set expression = measure.expr or measure.name %}
    {% if measure.agg == 'count_distinct' %}
        {% do return('count(distinct ' ~ expression ~ ')') %}
    {% elif measure.agg in ['count', 'sum'] %}
        {% do return(measure.agg ~ '(' ~ expression ~ ')') %}
    {% endif %}
    {% do exceptions.raise_compiler_error(
        'Measure ' ~ measure.name ~ ' is a ' ~ measure.agg ~ ': add it to macro measure_aggregation.'
    ) %}
{% endmacro %}

{# The metric of a name. #}
{% macro metric_named(name) %}
    {% for metric in graph.metrics.values() if metric.name == name %}{% do return(metric) %}{% endfor %}
{% endmacro %}
