{#
    Fills records, combinations, identifiers and dictionary of an empty state directly from the sources, one
    source or type at a time to limit memory. If two identifiers or two combinations get the same key,
    everything is read again with another hash seed.
#}
{% macro graph_read_all(plan) %}
    {% do graph_note_members() %}
    {% do graph_drop_indexes() %}
    {% set found = namespace(collision=true) %}
    {% for attempt in range(8) if found.collision %}
        {% if not loop.first %}{% do plan.update({'key_seed': plan.key_seed + 1}) %}{% endif %}
        {% do graph_empty(plan) %}
        {% set found.collision = graph_read_sources(plan) %}
    {% endfor %}
    {% if found.collision %}
        {% do exceptions.raise_compiler_error(this ~ ': no seed gives every identifier a key of its own.') %}
    {% endif %}
    {% do plan.update({'last_id': 0}) %}
    {% do graph_rekey(plan) %}
{% endmacro %}

{# Returns whether a key was given twice. #}
{% macro graph_read_sources(plan) %}
    {% for source in plan.sources %}
        {% do graph_insert('records', graph_all_records(source, plan)) %}
        {% do graph_insert('combinations', graph_all_combinations(source, plan)) %}
    {% endfor %}
    {% set collisions = namespace(count=query_value('select count(*) from ' ~ graph_table('combinations') ~ ' where record_count < 0') | int) %}
    {% for type in plan.types if collisions.count == 0 %}
        {# Every value of a type with its key, count and times. An override is no observation. #}
        {% call graph_temp_table('ig_learnt') %}
            select
                {{ identifier_key("'" ~ type.identifier_type ~ "'", 'identifier_value', plan.key_seed, plan.types) }} as identifier_key,
                {{ identifier_check('identifier_value', plan.key_seed) }} as value_check,
                identifier_value,
                cast({{ graph_blocking_case(plan, type.identifier_type) }} as bigint) as blocking_priority,
                record_count,
                first_observed_at,
                last_observed_at
            from (
                select
                    identifier_value,
                    count(sighting) as record_count,
                    min(observed_at) as first_observed_at,
                    max(observed_at) as last_observed_at
                from (
                    {% for source in plan.sources if not source.is_override and type.identifier_type in source.identifiers %}
                    select
                        {{ source.identifiers[type.identifier_type] }} as identifier_value,
                        cast({{ source.observed_at }} as timestamp) as observed_at,
                        1 as sighting
                    from {{ ref(source.model) }}
                    where {{ graph_is_linked(source, type.identifier_type, plan.types) }}
                    union all
                    {% endfor %}
                    {% for side in ['a', 'b'] %}
                    select
                        identifier_value_{{ side }} as identifier_value,
                        cast(null as timestamp) as observed_at,
                        cast(null as integer) as sighting
                    from {{ ref('link_overrides') }}
                    where identifier_type_{{ side }} = '{{ type.identifier_type }}'
                    {{ 'union all' if not loop.last }}
                    {% endfor %}
                ) as observed
                where identifier_value is not null
                group by identifier_value
            ) as counted
        {% endcall %}
        {% do graph_insert('dictionary',
            "select identifier_key, '" ~ type.identifier_type ~ "', identifier_value from ig_learnt"
        ) %}
        {% do graph_insert('identifiers',
            "select identifier_key, value_check, '" ~ type.identifier_type ~ "', blocking_priority, record_count,"
            ~ ' first_observed_at, last_observed_at, false, null, null from ig_learnt'
        ) %}
        {% set collisions.count = query_value('select count(*) - count(distinct identifier_key) from ig_learnt') | int %}
    {% endfor %}
    {% do graph_drop(['ig_learnt']) %}
    {% do return(collisions.count > 0) %}
{% endmacro %}

{% macro graph_all_records(source, plan) %}
    select
        {{ source.number }},
        record_id,
        {{ source_record_key(source.number, 'record_id') }},
        {{ identifier_combination_key(source.number, graph_key_columns(source)) }},
        observed_at
    from ({{ graph_keyed_records(source, plan) }}) as keyed
{% endmacro %}

{# Where two combinations have the same key, record_count is -1, and nothing is kept. #}
{% macro graph_all_combinations(source, plan) %}
    {% set keys = graph_key_columns(source) %}
    select
        combination_key,
        {{ source.number }},
        {{ graph_count_not_null(keys) }},
        {{ array_without_nulls(keys) }},
        case when is_collision then -1 else record_count end,
        first_observed_at,
        last_observed_at,
        sample_record_id
    from (
        select
            combination_key,
            {% for key in keys %}
            {{ graph_any_value(key) }} as {{ key }},
            {% endfor %}
            count(*) as record_count,
            min(observed_at) as first_observed_at,
            max(observed_at) as last_observed_at,
            min(record_id) as sample_record_id,
            min(combination_check) <> max(combination_check) as is_collision
        from (
            select
                *,
                {{ identifier_combination_key(source.number, keys) }} as combination_key,
                {{ identifier_combination_check(source.number, keys) }} as combination_check
            from ({{ graph_keyed_records(source, plan) }}) as keyed
        ) as numbered
        group by combination_key
    ) as folded
{% endmacro %}
