{#
    Reads the records that changed. Leaves ig_new (records that are new or have other identifiers or times),
    ig_gone (records that were removed, and earlier versions of changed ones), and ig_values (all identifiers read).
#}
{% macro graph_read_records(plan) %}
    {% set observed = [] %}
    {% set values = [] %}
    {% for source in plan.sources %}
        {% do observed.append(graph_observed_records(source, plan)) %}
        {% do values.append(graph_observed_values(source, plan)) %}
    {% endfor %}
    {% do replace_temp_table('ig_observed', observed | join(' union all ')) %}
    {% do replace_temp_table('ig_values', graph_folded_values(values | join(' union all '))) %}
    {# Records written or removed since the last run, of sources that are not compared as a whole. #}
    {% call graph_temp_table('ig_touched_records') %}
        {% for source in plan.sources if source.since is not none %}
            select
                {{ source.number }} as source_number,
                cast(_record_key as text) as record_id,
                {{ source_record_key(source.number, 'cast(_record_key as text)') }} as record_key
            from ({{ touched_records(source.model, source.since) }}) as touched
            union all
        {% endfor %}
        select
            0 as source_number,
            cast(null as text) as record_id,
            cast(null as bigint) as record_key
        where 1 = 0
    {% endcall %}
    {% do graph_take('ig_found_records', 'records', 'record_key', 'select record_key from ig_touched_records') %}
    {# Their rows in the state, and all rows of sources that are compared as a whole. #}
    {% call graph_temp_table('ig_known') %}
        {% for source in plan.sources if source.since is none %}
            select {{ graph_state_columns().records.keys() | join(', ') }}, {{ row_locator() }} as row_locator
            from {{ graph_table('records') }} as records
            where source_number = {{ source.number }}
            union all
        {% endfor %}
        select found.*
        from ig_found_records as found
        inner join ig_touched_records as touched
            on
                found.source_number = touched.source_number
                and found.record_id = touched.record_id
    {% endcall %}
    {% do replace_temp_table('ig_gone', graph_records_without('ig_known', 'ig_observed')) %}
    {% do replace_temp_table('ig_new', graph_records_without('ig_observed', 'ig_known')) %}
{% endmacro %}

{# Current records of a source that were written since the last run. #}
{% macro graph_observed_records(source, plan) %}
    {% set keys = graph_key_columns(source) %}
    select
        {{ source.number }} as source_number,
        record_id,
        {{ source_record_key(source.number, 'record_id') }} as record_key,
        {{ identifier_combination_key(source.number, keys) }} as combination_key,
        observed_at,
        {{ array_without_nulls(keys) }} as identifier_keys,
        {{ identifier_combination_check(source.number, keys) }} as combination_check
    from ({{ graph_keyed_records(source, plan) }}) as keyed
    where coalesce({{ keys | join(', ') }}) is not null
{% endmacro %}

{# One row per identifier on a record of the source. #}
{% macro graph_observed_values(source, plan) %}
    {% if source.is_override %}
        {% for side in ['a', 'b'] %}
        select
            {{ identifier_key('identifier_type_' ~ side, 'identifier_value_' ~ side, plan.key_seed, plan.types) }} as identifier_key,
            identifier_type_{{ side }} as identifier_type,
            identifier_value_{{ side }} as identifier_value,
            {{ identifier_check('identifier_value_' ~ side, plan.key_seed) }} as value_check
        from {{ ref('link_overrides') }}
        {{ 'union all' if not loop.last }}
        {% endfor %}
    {% else %}
        {% for identifier_type, expression in source.identifiers.items() %}
        select
            {{ identifier_key("'" ~ identifier_type ~ "'", 'identifier_value', plan.key_seed, plan.types) }} as identifier_key,
            '{{ identifier_type }}' as identifier_type,
            identifier_value,
            {{ identifier_check('identifier_value', plan.key_seed) }} as value_check
        from (
            select {{ expression }} as identifier_value from {{ ref(source.model) }}
            where {{ graph_is_linked(source, identifier_type, plan.types) }}
            {%- if source.since is not none %} and _staged_batch > {{ source.since }}{% endif %}
        ) as observed
        where identifier_value is not null
        {{ 'union all' if not loop.last }}
        {% endfor %}
    {% endif %}
{% endmacro %}

{# One row per key. Two identifiers with the same key collide; their second hashes differ. #}
{% macro graph_folded_values(values) %}
    select
        identifier_key,
        {{ graph_any_value('identifier_type') }} as identifier_type,
        {{ graph_any_value('identifier_value') }} as identifier_value,
        min(value_check) as value_check,
        min(value_check) <> max(value_check) as is_collision
    from ({{ values }}) as observed
    group by identifier_key
{% endmacro %}

{# Records of one table that are not in another, or differ there. #}
{% macro graph_records_without(records, others) %}
    select records.*
    from {{ records }} as records
    left join {{ others }} as others
        on
            records.source_number = others.source_number
            and records.record_id = others.record_id
            and records.combination_key = others.combination_key
            and records.observed_at is not distinct from others.observed_at
    where others.record_id is null
{% endmacro %}
