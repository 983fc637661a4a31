{#
    What this run has to do: a dict of
    - is_due: whether anything changed since the last run;
    - is_rebuild: whether all is read again, since a full refresh was asked for, nothing is there yet, or
      the rules of the graph are others than those it was built with;
    - sources: entries of `graph_sources` that are to be read, each with `since`, the last batch that
      was taken in, or none where the source is compared whole;
    - exclusions_changed: whether overrides keep other identifiers apart than before;
    - rules, key_seed: what the state is to remember;
    - types: rows of seed identifier_types;
    - limits: rows of seed identifier_limits, types as their strengths.
#}
{% macro graph_plan() %}
    {% set state = run_query('select rules, key_seed from ' ~ graph_table('state')).rows %}
    {% set types = graph_identifier_types() %}
    {% set limits = graph_identifier_limits(types) %}
    {% do graph_check_types(types) %}
    {% set rules = graph_rules(types, limits) %}
    {% set is_rebuild = flags.FULL_REFRESH or not state or state[0]['rules'] != rules %}
    {% set plan = {
        'is_rebuild': is_rebuild, 'types': types, 'limits': limits, 'rules': rules, 'sources': [], 'summary': '',
        'key_seed': (state[0]['key_seed'] if state else 0) | int,
    } %}
    {% if not is_rebuild %}
        {% do plan.update({'sources': graph_changed_sources(plan.key_seed, types)}) %}
    {% endif %}
    {% do plan.update({'exclusions_changed': not is_rebuild and graph_exclusions_changed(plan.key_seed, types)}) %}
    {% do plan.update({'is_due': is_rebuild or plan.exclusions_changed or plan.sources | length > 0}) %}
    {% do return(plan) %}
{% endmacro %}

{# Every type that sources and overrides name is declared, and there are no more than keys can tell. #}
{% macro graph_check_types(types) %}
    {% set known = types | map(attribute='identifier_type') | list %}
    {% set named = run_query(
        'select identifier_type_a from ' ~ ref('link_overrides') ~ ' union select identifier_type_b from '
        ~ ref('link_overrides') ~ ' order by 1'
    ).columns[0].values() | list %}
    {% for source in identity_sources() %}{% do named.extend(source.identifiers) %}{% endfor %}
    {% set unknown = named | unique | reject('in', known) | list %}
    {% if unknown %}
        {% do exceptions.raise_compiler_error(
            'Identifier type ' ~ unknown | join(', ') ~ ' is not in seed identifier_types: add a row with '
            ~ 'its strength and limits there, or mend the name in macro identity_sources or seed link_overrides.'
        ) %}
    {% endif %}
    {% if types | length > 2 ** (63 - identifier_hash_bits()) %}
        {% do exceptions.raise_compiler_error(
            'Seed identifier_types has ' ~ types | length ~ ' rows, more than the '
            ~ 2 ** (63 - identifier_hash_bits()) ~ ' that a key can tell: unite some.'
        ) %}
    {% endif %}
{% endmacro %}

{# Rows of seed identifier_types, the strongest first, numbers as numbers. #}
{% macro graph_identifier_types() %}
    {% set rows = run_query(
        'select identifier_type, strength, is_linking, limit_per_profile, link_window_days from '
        ~ ref('identifier_types') ~ ' order by strength desc'
    ).rows %}
    {% set types = [] %}
    {% for row in rows %}
        {% set numbers = {'identifier_type': row['identifier_type'], 'is_linking': row['is_linking']} %}
        {% for name in ['strength', 'limit_per_profile', 'link_window_days'] %}
            {% do numbers.update({name: row[name] | int if row[name] is not none else none}) %}
        {% endfor %}
        {% do types.append(numbers) %}
    {% endfor %}
    {% do return(types) %}
{% endmacro %}

{# Rows of seed identifier_limits, types as their strengths and, of both, `pair_number` of graph_pair_number. #}
{% macro graph_identifier_limits(types) %}
    {% set limited %}
        select
            types.strength,
            counted_types.strength as counted_strength,
            limits.most
        from {{ ref('identifier_limits') }} as limits
        inner join {{ ref('identifier_types') }} as types
            on limits.identifier_type = types.identifier_type
        inner join {{ ref('identifier_types') }} as counted_types
            on limits.counted_type = counted_types.identifier_type
        order by types.strength desc, counted_types.strength desc
    {% endset %}
    {% set limits = [] %}
    {% set strengths = types | map(attribute='strength') | list %}
    {% for row in run_query(limited).rows %}
        {% do limits.append({
            'strength': row['strength'] | int, 'counted_strength': row['counted_strength'] | int,
            'most': row['most'] | int,
            'pair_number': strengths.index(row['strength'] | int) * 64 + strengths.index(row['counted_strength'] | int),
        }) %}
    {% endfor %}
    {% do return(limits) %}
{% endmacro %}

{#
    Fingerprint of all that the graph depends on besides records: seeds, sources and the engine's hash
    function, which a new version of the engine may change. Overrides are not in it: they are read
    like records.
#}
{% macro graph_rules(types, limits) %}
    {% set blocklist = run_query(
        'select priority, identifier_type, match_type, pattern from ' ~ ref('identifier_blocklist')
        ~ ' order by priority'
    ) %}
    {% set parts = [tojson(types), tojson(limits), tojson(identity_sources()), graph_schema_version()] %}
    {% for row in blocklist.rows %}{% do parts.append(row.values() | join('|')) %}{% endfor %}
    {% do parts.append(query_value('select ' ~ identifier_hash("'probe'", 0, 63)) | string) %}
    {% do return(local_md5(parts | join('\n'))) %}
{% endmacro %}

{# To be raised when the meaning of a table of the state changes: the next run then builds it again. #}
{% macro graph_schema_version() %}
    {% do return('5') %}
{% endmacro %}

{# Entries of `identity_sources` with a number each. Number 0 is that of the overrides. #}
{% macro graph_sources() %}
    {% set sources = [{'number': 0, 'model': 'link_overrides', 'is_override': true}] %}
    {% for entry in identity_sources() %}
        {% set source = {'number': loop.index} %}
        {% do source.update(entry) %}
        {% do sources.append(source) %}
    {% endfor %}
    {% if sources | length > 62 %}
        {% do exceptions.raise_compiler_error('identity_sources has more than 61 entries, which is more than a mask of sources holds: unite some in a model of their own.') %}
    {% endif %}
    {% do return(sources) %}
{% endmacro %}

{# Entries of `graph_sources` with the first and last batch of each, and the last that was taken in. #}
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

{# Sources with a batch that the state has not taken in, and the overrides where they changed. #}
{% macro graph_changed_sources(seed, types) %}
    {% set changed = [] %}
    {% for source in graph_sources_with_batches() %}
        {% if source.is_override %}
            {% if graph_overrides_changed(seed, types) %}
                {% do source.update({'since': none}) %}
                {% do changed.append(source) %}
            {% endif %}
        {% elif source.last_batch != source.known_batch %}
            {# A base that was built again holds no row of a batch that was taken in; nor does one whose
               numbers all lie before, which it has from a clock that went back. #}
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
        'select record_id, set_key, observed_at from ' ~ graph_table('records') ~ ' where source_number = 0',
        'select record_id, set_key, observed_at from (' ~ graph_override_records(seed, types) ~ ') as overrides'
    )) %}
{% endmacro %}

{# Whether one query has a row that another has not. #}
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

{# Pairs that an override keeps apart. #}
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

{# Pairs that an override joins, each like a record of its two identifiers. #}
{% macro graph_override_records(seed, types) %}
    select
        record_id,
        {{ identifier_set_key(0, ['key_1', 'key_2']) }} as set_key,
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
