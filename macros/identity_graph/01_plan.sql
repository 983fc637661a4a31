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
    {% set state = run_query('select rules, key_seed, last_run, first_logged_run from ' ~ graph_table('state')).rows %}
    {% set types = graph_identifier_types() %}
    {% set limits = graph_identifier_limits(types) %}
    {% do graph_check_types(types) %}
    {% set rules = graph_rules(types, limits) %}
    {% set is_rebuild = flags.FULL_REFRESH or not state or state[0]['rules'] != rules %}
    {% set plan = {
        'is_rebuild': is_rebuild, 'types': types, 'limits': limits, 'rules': rules, 'sources': [], 'summary': '',
        'key_seed': (state[0]['key_seed'] if state else 0) | int,
        'run_number': (state[0]['last_run'] if state else 0) | int + 1,
        'first_logged_run': (state[0]['first_logged_run'] if state else 0) | int,
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
