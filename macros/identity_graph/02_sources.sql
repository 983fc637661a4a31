{#
    Entries of `identity_sources`, numbered. Source 0 is the overrides. The bit mask of a link holds 63 sources: the last
    ones share a bit and count as one.
#}
{% macro graph_sources() %}
    {% set sources = [{'number': 0, 'model': 'link_overrides', 'is_override': true}] %}
    {% for entry in identity_sources() %}
        {% set source = {'number': loop.index} %}
        {% do source.update(entry) %}
        {% do sources.append(source) %}
    {% endfor %}
    {% do return(sources) %}
{% endmacro %}

{# Entries of `graph_sources` with the first and last batch of each, and the last processed batch. #}
{% macro graph_sources_with_batches() %}
    {% set sources = graph_sources() %}
    {% set ranges = [] %}
    {% for source in sources if not source.is_override %}
        {% set range %}
            select
                {{ source.number }} as source_number,
                ranges.first_batch,
                ranges.last_batch,
                (
                    select batches.last_batch from {{ graph_table('batches') }} as batches
                    where batches.source_model = '{{ source.model }}'
                ) as known_batch
            from ({{ staged_batch_range(source.model) }}) as ranges
        {% endset %}
        {% do ranges.append(range) %}
    {% endfor %}
    {% for row in run_query(ranges | join(' union all ')).rows %}
        {% for source in sources if source.number == row['source_number'] | int %}
            {% for name in ['first_batch', 'last_batch', 'known_batch'] %}
                {% do source.update({name: row[name] | int if row[name] is not none else none}) %}
            {% endfor %}
        {% endfor %}
    {% endfor %}
    {% do return(sources) %}
{% endmacro %}

{# Sources with an unprocessed batch, and the overrides if they changed. #}
{% macro graph_changed_sources(plan) %}
    {% set changed = [] %}
    {% for source in graph_sources_with_batches() %}
        {% if source.is_override %}
            {% if plan.exclusions_changed or graph_overrides_changed(plan.key_seed, plan.types) %}
                {% do source.update({'since': none}) %}
                {% do changed.append(source) %}
            {% endif %}
        {% elif source.last_batch != source.known_batch %}
            {# After a full refresh of staging, or after a clock that went back, batch numbers do not continue:
               the source is compared as a whole. #}
            {% set is_continued = source.known_batch is not none and source.first_batch is not none
                and source.first_batch <= source.known_batch and source.known_batch <= source.last_batch %}
            {% do source.update({'since': source.known_batch if is_continued else none}) %}
            {% do changed.append(source) %}
        {% endif %}
    {% endfor %}
    {% do return(changed) %}
{% endmacro %}

{% macro graph_overrides_changed(seed, types) %}
    {% do return(graph_differ(
        'select record_id, combination_key, observed_at from ' ~ graph_table('records') ~ ' where source_number = 0',
        'select record_id, combination_key, observed_at from (' ~ graph_override_records(seed, types) ~ ') as overrides'
    )) %}
{% endmacro %}

{# Whether two queries return different rows. #}
{% macro graph_differ(query, other) %}
    {% set compared %}
        select count(*) > 0 from (
            ({{ query }} except {{ other }})
            union all
            ({{ other }} except {{ query }})
        ) as differing
    {% endset %}
    {% do return(query_is_true(compared)) %}
{% endmacro %}

{# Pairs that `never` overrides keep apart. #}
{% macro graph_override_exclusions(seed, types) %}
    select distinct
        least(key_a, key_b) as identifier_key_a,
        greatest(key_a, key_b) as identifier_key_b
    from (
        select
            {{ identifier_key('identifier_type_a', 'identifier_value_a', seed, types) }} as key_a,
            {{ identifier_key('identifier_type_b', 'identifier_value_b', seed, types) }} as key_b
        from {{ ref('link_overrides') }}
        where decision = 'never'
    ) as excluded
{% endmacro %}

{% macro graph_exclusions_changed(seed, types) %}
    {% do return(graph_differ(
        'select identifier_key_a, identifier_key_b from ' ~ graph_table('exclusions'),
        'select identifier_key_a, identifier_key_b from (' ~ graph_override_exclusions(seed, types) ~ ') as excluded'
    )) %}
{% endmacro %}

{# Pairs that `always` overrides join, each like a record with two identifiers. #}
{% macro graph_override_records(seed, types) %}
    select
        record_id,
        {{ identifier_combination_key(0, ['key_1', 'key_2']) }} as combination_key,
        observed_at
    from ({{ graph_override_keys(seed, types) }}) as joined
{% endmacro %}

{% macro graph_override_keys(seed, types) %}
    select
        override_id as record_id,
        decided_at as observed_at,
        {{ identifier_key('identifier_type_a', 'identifier_value_a', seed, types) }} as key_1,
        {{ identifier_key('identifier_type_b', 'identifier_value_b', seed, types) }} as key_2
    from {{ ref('link_overrides') }}
    where decision = 'always'
{% endmacro %}
