{#
    What this run has to do: a dict of
    - is_due: whether anything changed since the last run;
    - is_rebuild: whether everything is read again, since a full refresh was requested, nothing is there yet, or
      the rules differ from those the graph was built with;
    - sources: entries of `graph_sources` to be read, each with `since`, the last batch that was processed, or
      none where the source is compared as a whole;
    - exclusions_changed: whether `never` overrides changed;
    - rules, key_seed: fingerprint and hash seed, which the state remembers;
    - types: rows of seed identifier_types by priority. A type's position is its number in identifier keys.
    Leaves the rules that SQL joins to: ig_types and ig_limits.
#}
{% macro graph_plan() %}
    {% set state = run_query('select rules, key_seed, last_id, last_run, first_logged_run from ' ~ graph_table('state')).rows %}
    {% set types = graph_identifier_types() %}
    {% do graph_check_types(types) %}
    {% set rules = graph_rules() %}
    {% set is_rebuild = flags.FULL_REFRESH or not state or state[0]['rules'] != rules %}
    {% set plan = {
        'is_rebuild': is_rebuild, 'types': types, 'rules': rules, 'sources': [],
        'key_seed': (state[0]['key_seed'] if state else 0) | int,
        'last_id': 0 if is_rebuild else state[0]['last_id'] | int,
        'run_number': (state[0]['last_run'] if state else 0) | int + 1,
        'first_logged_run': (state[0]['first_logged_run'] if state else 0) | int,
    } %}
    {% if not is_rebuild %}
        {% do plan.update({'exclusions_changed': graph_exclusions_changed(plan.key_seed, types)}) %}
        {% do plan.update({'sources': graph_changed_sources(plan)}) %}
    {% endif %}
    {% do plan.update({'is_due': is_rebuild or plan.sources | length > 0}) %}
    {% if plan.is_due %}{% do graph_read_rules() %}{% endif %}
    {% do return(plan) %}
{% endmacro %}

{# Rows of seed identifier_types by priority, numbered from 0 as in identifier keys. #}
{% macro graph_types_query() %}
    select
        cast(row_number() over (order by priority desc) - 1 as bigint) as type_number,
        identifier_type,
        is_linking,
        cast(limit_per_profile as bigint) as limit_per_profile,
        cast(link_window_days as bigint) as link_window_days
    from {{ ref('identifier_types') }}
{% endmacro %}

{# Rows of seed identifier_limits with the numbers of both types. #}
{% macro graph_limits_query() %}
    select
        types.type_number,
        neighbour_types.type_number as neighbour_type_number,
        limits.neighbour_type,
        cast(limits.max_count as bigint) as max_count
    from {{ ref('identifier_limits') }} as limits
    inner join ({{ graph_types_query() }}) as types
        on limits.identifier_type = types.identifier_type
    inner join ({{ graph_types_query() }}) as neighbour_types
        on limits.neighbour_type = neighbour_types.identifier_type
{% endmacro %}

{% macro graph_read_rules() %}
    {% do replace_temp_table('ig_types', graph_types_query()) %}
    {% do replace_temp_table('ig_limits', graph_limits_query()) %}
{% endmacro %}

{% macro graph_identifier_types() %}
    {% set types = [] %}
    {% for row in run_query('select * from (' ~ graph_types_query() ~ ') as types order by type_number').rows %}
        {% do types.append({
            'number': loop.index0, 'identifier_type': row['identifier_type'], 'is_linking': row['is_linking'],
            'has_limit': row['limit_per_profile'] is not none, 'has_window': row['link_window_days'] is not none,
        }) %}
    {% endfor %}
    {% do return(types) %}
{% endmacro %}

{# Raises where sources or overrides name an unknown type, or where there are more types than keys can hold. #}
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
            ~ 'its priority and limits there, or correct the name in macro identity_sources or seed link_overrides.'
        ) %}
    {% endif %}
    {% if types | length > 2 ** (63 - identifier_hash_bits()) %}
        {% do exceptions.raise_compiler_error(
            'Seed identifier_types has ' ~ types | length ~ ' rows, more than the '
            ~ 2 ** (63 - identifier_hash_bits()) ~ ' that an identifier key can hold: combine some.'
        ) %}
    {% endif %}
{% endmacro %}

{#
    Fingerprint of all that the graph depends on besides records: seeds, sources and the engine's hash
    function, which a new version of the engine may change. Overrides are not in it: they are read
    like records.
#}
{% macro graph_rules() %}
    {% set parts = [tojson(identity_sources()), graph_schema_version()] %}
    {% for query in [
        'select * from (' ~ graph_types_query() ~ ') as types order by type_number',
        'select * from (' ~ graph_limits_query() ~ ') as limits order by type_number, neighbour_type_number',
        'select priority, identifier_type, match_type, pattern from ' ~ ref('identifier_blocklist') ~ ' order by priority',
    ] %}
        {% for row in run_query(query).rows %}{% do parts.append(row.values() | join('|')) %}{% endfor %}
    {% endfor %}
    {% do parts.append(query_value('select ' ~ identifier_hash("'probe'", 0, 63)) | string) %}
    {% do return(local_md5(parts | join('\n'))) %}
{% endmacro %}

{# To be raised when the meaning of a table of the state changes: the next run then builds it again. #}
{% macro graph_schema_version() %}
    {% do return('6') %}
{% endmacro %}
