{#
    Reads the records that changed: ig_new of those that came or say something else, ig_gone of those that
    went or said something else, and ig_values of the identifiers on all that were read.
#}
{% macro graph_read_records(plan) %}
    {% set observed = [] %}
    {% set values = [] %}
    {% for source in plan.sources %}
        {% do observed.append(graph_observed_records(source, plan.key_seed)) %}
        {% do values.append(graph_observed_values(source, plan.key_seed)) %}
    {% endfor %}
    {% if not plan.sources %}
        {% do observed.append(graph_no_records()) %}
        {% do values.append(graph_no_values()) %}
    {% endif %}
    {% do replace_temp_table('ig_observed', observed | join(' union all ')) %}
    {% do replace_temp_table('ig_values', graph_folded_values(values | join(' union all '))) %}
    {% if plan.is_rebuild %}
        {% do plan.update({'arrivals': 'ig_observed'}) %}
        {% do replace_temp_table('ig_gone', 'select * from ' ~ graph_table('records') ~ ' where 1 = 0') %}
    {% else %}
        {% do plan.update({'arrivals': 'ig_new'}) %}
        {% do replace_temp_table('ig_known', graph_known_records(plan)) %}
        {% do replace_temp_table('ig_gone', graph_records_without('ig_known', 'ig_observed')) %}
        {% do replace_temp_table('ig_new', graph_records_without('ig_observed', 'ig_known')) %}
    {% endif %}
{% endmacro %}

{# Records of a source as they are now: all of them, or those of the batches after `since`. #}
{% macro graph_observed_records(source, seed) %}
    {% if source.is_override %}
        {{ graph_override_records(seed) }}
    {% else %}
        {% set keys = [] %}
        {% for identifier_type in source.identifiers %}{% do keys.append('key_' ~ loop.index) %}{% endfor %}
        select
            {{ source.number }} as source_number,
            cast(record_id as text) as record_id,
            {{ identifier_set_key(source.number, keys, seed) }} as set_key,
            cast(observed_at as timestamp) as observed_at,
            {{ array_without_nulls(keys) }} as identifier_keys,
            {{ identifier_set_key(source.number, keys, -1 - seed) }} as set_check
        from (
            select
                {{ source.record_id }} as record_id,
                {{ source.observed_at }} as observed_at,
                {%- for identifier_type, expression in source.identifiers.items() %}
                {{ identifier_key("'" ~ identifier_type ~ "'", expression, seed) }} as key_{{ loop.index }}{{ ',' if not loop.last }}
                {%- endfor %}
            from {{ ref(source.model) }}
            {{ graph_since(source) }}
        ) as keyed
        where coalesce({{ keys | join(', ') }}) is not null
    {% endif %}
{% endmacro %}

{% macro graph_since(source) %}
    {%- if source.since is not none %} where _staged_batch > {{ source.since }}{% endif -%}
{% endmacro %}

{# One row for every identifier on a record of the source. #}
{% macro graph_observed_values(source, seed) %}
    {% if source.is_override %}
        {% for side in ['a', 'b'] %}
        select
            {{ identifier_key('identifier_type_' ~ side, 'identifier_value_' ~ side, seed) }} as identifier_key,
            identifier_type_{{ side }} as identifier_type,
            identifier_value_{{ side }} as identifier_value,
            {{ identifier_key('identifier_type_' ~ side, 'identifier_value_' ~ side, -1 - seed, 63) }} as value_check
        from {{ ref('link_overrides') }}
        {{ 'union all' if not loop.last }}
        {% endfor %}
    {% else %}
        {% for identifier_type, expression in source.identifiers.items() %}
        select
            {{ identifier_key("'" ~ identifier_type ~ "'", 'identifier_value', seed) }} as identifier_key,
            '{{ identifier_type }}' as identifier_type,
            identifier_value,
            {{ identifier_key("'" ~ identifier_type ~ "'", 'identifier_value', -1 - seed, 63) }} as value_check
        from (
            select {{ expression }} as identifier_value from {{ ref(source.model) }}
            {{ graph_since(source) }}
        ) as observed
        where identifier_value is not null
        {{ 'union all' if not loop.last }}
        {% endfor %}
    {% endif %}
{% endmacro %}

{# One row for every key. Two identifiers of one key differ in their second hash, and collide. #}
{% macro graph_folded_values(values) %}
    select
        identifier_key,
        {{ graph_any_value('identifier_type') }} as identifier_type,
        {{ graph_any_value('identifier_value') }} as identifier_value,
        min(value_check) <> max(value_check) as is_collision
    from ({{ values }}) as observed
    group by identifier_key
{% endmacro %}

{# What the state holds of the records that were touched. #}
{% macro graph_known_records(plan) %}
    {% for source in plan.sources %}
        select records.*
        from {{ graph_table('records') }} as records
        {% if source.since is not none %}
        inner join ({{ touched_records(source.model, source.since) }}) as touched
            on records.record_id = touched._record_key
        {% endif %}
        where records.source_number = {{ source.number }}
        {{ 'union all' if not loop.last }}
    {% else %}
        select * from {{ graph_table('records') }} where 1 = 0
    {% endfor %}
{% endmacro %}

{# Rows of one table of records that do not stand alike in another. #}
{% macro graph_records_without(records, others) %}
    select records.*
    from {{ records }} as records
    left join {{ others }} as others
        on
            records.source_number = others.source_number
            and records.record_id = others.record_id
            and records.set_key = others.set_key
            and records.observed_at is not distinct from others.observed_at
    where others.record_id is null
{% endmacro %}

{% macro graph_no_records() %}
    select
        0 as source_number,
        cast(null as text) as record_id,
        cast(null as bigint) as set_key,
        cast(null as timestamp) as observed_at,
        cast(null as bigint[]) as identifier_keys,
        cast(null as bigint) as set_check
    where 1 = 0
{% endmacro %}

{% macro graph_no_values() %}
    select
        cast(null as bigint) as identifier_key,
        cast(null as text) as identifier_type,
        cast(null as text) as identifier_value,
        cast(null as bigint) as value_check
    where 1 = 0
{% endmacro %}
