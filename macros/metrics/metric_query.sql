{#
    Dashboards and tests read the result, so that each figure is defined once. Additive measures of
    a semantic model share one scan; each distinct count has a scan of its own. Rows without a time
    are left out.
#}
{% macro measure_ctes() %}
    {% set measures = [] %}
    {% for semantic_model in graph.semantic_models.values() | sort(attribute='name') %}
    {% set time = semantic_model.defaults.agg_time_dimension %}
    {% set date = "cast(date_trunc('day', " ~ time ~ ') as date)' %}
    {% set table = ref(semantic_model.node_relation.alias) %}
    {% set added = [] %}
    {% for measure in semantic_model.measures %}
    {% do measures.append(measure) %}
    {% if measure.agg == 'count_distinct' %}
    {{ measure.name }}_days as (
        select distinct
            {{ date }} as metric_date,
            {{ measure.expr or measure.name }} as counted
        from {{ table }}
        where {{ time }} is not null
    ),
    {% elif measure.agg in ['count', 'sum'] %}
    {% do added.append(measure) %}
    {% else %}
    {% do exceptions.raise_compiler_error(
        'Measure ' ~ measure.name ~ ' is a ' ~ measure.agg ~ ': add it to macro measure_ctes.'
    ) %}
    {% endif %}
    {% endfor %}
    {% if added %}
    {{ semantic_model.name }}_by_day as (
        select
            {{ date }} as metric_date
            {%- for measure in added %},
            {{ measure.agg }}({{ measure.expr or measure.name }}) as {{ measure.name }}
            {%- endfor %}
        from {{ table }}
        where {{ time }} is not null
        group by {{ date }}
    ),
    {% for measure in added %}
    {{ measure.name }}_days as (
        select metric_date, {{ measure.name }} as added from {{ semantic_model.name }}_by_day
    ),
    {% endfor %}
    {% endif %}
    {% endfor %}
    measure_values as (
        {% for measure in measures %}
        {% set outer = loop %}
        {% for period in ['day', 'month', 'all'] %}
        {% set start = {
            'day': 'metric_date',
            'month': "cast(date_trunc('month', metric_date) as date)",
            'all': "date '1970-01-01'",
        }[period] %}
        {% if not (outer.first and loop.first) %}union all{% endif %}
        select
            cast('{{ measure.name }}' as text) as measure_name,
            cast('{{ period }}' as text) as period,
            {{ start }} as period_start,
            cast(
                {%- if measure.agg != 'count_distinct' %} sum(added)
                {#- Daily rows are already distinct. #}
                {%- else %} count({{ 'distinct ' if period != 'day' }}counted)
                {%- endif %} as double precision
            ) as measure_value
        from {{ measure.name }}_days
        group by {{ start }}
        {% endfor %}
        {% endfor %}
    )
{% endmacro %}

{% macro metric_query(metric) %}
    {% if metric.type == 'simple' %}
    select
        cast('{{ metric.name }}' as text) as metric_name,
        period,
        period_start,
        measure_value as metric_value
    from measure_values
    where measure_name = '{{ metric.type_params.measure.name }}'
    {% else %}
    select
        cast('{{ metric.name }}' as text) as metric_name,
        numerator.period,
        numerator.period_start,
        cast(numerator.measure_value / nullif(denominator.measure_value, 0) as double precision) as metric_value
    from measure_values as numerator
    inner join measure_values as denominator
        on numerator.period = denominator.period and numerator.period_start = denominator.period_start
    where
        numerator.measure_name = '{{ metric_named(metric.type_params.numerator.name).type_params.measure.name }}'
        and denominator.measure_name = '{{ metric_named(metric.type_params.denominator.name).type_params.measure.name }}'
    {% endif %}
{% endmacro %}

{% macro metric_named(name) %}
    {% for metric in graph.metrics.values() if metric.name == name %}{% do return(metric) %}{% endfor %}
{% endmacro %}
