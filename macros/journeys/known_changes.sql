{#
    The last run that the log of changes has, or none where what changed since cannot be told: the timeline
    or the lines of receipts were built anew, a line is gone, which does not say of which receipt it was, or
    `as_of()` lies before that run's.
#}
{%- macro known_changes() -%}
    {%- set events, lines = ref('int_journeys__events'), base_of('stg_pos__receipt_lines') -%}
    {%- if not execute or not is_incremental() or not has_column(this, 'changed_from') -%}{%- do return(none) -%}{%- endif -%}
    {%- set rows = run_query(
        'select taken_batch, rules, cast(as_of as text), lines_batch, products_batch, as_of <= ' ~ as_of()
        ~ ' and (select min(_written_batch) from ' ~ events ~ ') <= taken_batch'
        ~ ' and coalesce((select min(_staged_batch) from ' ~ lines ~ '), 0) <= lines_batch'
        ~ ' and (select count(*) from ' ~ lines
        ~ " where _row_status = 'removed' and _staged_batch > lines_batch) = 0 from " ~ this
        ~ " where kind = 'run' order by changed_batch desc limit 1"
    ).rows -%}
    {%- if not rows or not rows[0][5] -%}{%- do return(none) -%}{%- endif -%}
    {%- do return({
        'taken_batch': rows[0][0] | int, 'rules': rows[0][1], 'as_of': rows[0][2],
        'lines_batch': rows[0][3] | int, 'products_batch': rows[0][4] | int,
    }) -%}
{%- endmacro -%}

{#- Until when all was settled at a moment: what came later may still have become part of a visit. -#}
{%- macro settled_at(moment) -%}
    cast('{{ moment }}' as timestamp) - interval '{{ var("session_timeout_minutes") }} minutes'
{%- endmacro -%}

{#- What a relation says of one kind of change; the columns of others are null. -#}
{%- macro listed_changes(kind, relation='', columns=[]) -%}
    select
        '{{ kind }}' as kind
        {%- for column, type in {
            'channel': 'text', 'visitor_id': 'text', 'profile_id': 'text', 'order_key': 'text', 'changed_date': 'date',
            'changed_from': 'timestamp',
        }.items() %},
        {% if column in columns %}{{ column }}{% else %}cast(null as {{ type }}) as {{ column }}{% endif %}
        {%- endfor %}
    {%- if relation %}
    from {{ relation }}
    {%- endif %}
{%- endmacro -%}

{#- Adds what changed in this run, and takes away what everybody has read. -#}
{%- macro get_incremental_changes_sql(arguments) -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    delete from {{ arguments.target_relation }}
    where
        {#- Where all is told anew, no batch before has a meaning, whatever the clock says. #}
        (select bool_or(is_everything) from {{ arguments.temp_relation }})
        or changed_batch < {{ run_started_microseconds() - kept_changes_days() * 86400000000 }};

    insert into {{ arguments.target_relation }} ({{ columns }})
    select {{ columns }}
    from {{ arguments.temp_relation }}
{%- endmacro -%}

{#
    Fingerprint of what rows are made by besides the records of their visitor or profile: settings, seeds, the
    SQL of the models, and the catalogue's stores. Another one builds all of them anew.
    Macros are not in it: who overrides one says --full-refresh.
#}
{%- macro timeline_rules() -%}
    {%- set stores = ref('stg_catalog__stores') -%}
    {#- Where only is compiled, the catalogue may not be there yet. -#}
    {%- if not execute or load_relation(stores) is none -%}{%- do return('') -%}{%- endif -%}
    {%- set parts = [] -%}
    {%- for name in timeline_settings() -%}{%- do parts.append(name ~ '=' ~ var(name)) -%}{%- endfor -%}
    {%- for node in graph.nodes.values() | sort(attribute='unique_id') -%}
        {%- if node.resource_type == 'seed' and node.name not in ['link_overrides', 'erasure_list']
            or node.resource_type == 'model' and node.config.group in ['journeys', 'profiles'] -%}
            {%- do parts.append(node.unique_id ~ '=' ~ node.checksum.checksum) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for row in run_query(
        'select store_id, time_zone, latitude, longitude from ' ~ stores ~ ' order by store_id'
    ).rows -%}
        {%- do parts.append(row.values() | join('|')) -%}
    {%- endfor -%}
    {%- do return(local_md5(parts | join('\n'))) -%}
{%- endmacro -%}

{#- Settings that the rows of incremental journeys and profiles depend on. -#}
{%- macro timeline_settings() -%}
    {%- do return([
        'session_timeout_minutes', 'session_breaks_on_campaign', 'session_breaks_at_midnight',
        'reporting_time_zone', 'reporting_currency', 'store_proximity_metres',
        'attribution_lookback_days', 'attribution_restarts_at_conversion',
        'attribution_first_touch_percent', 'attribution_last_touch_percent', 'attribution_half_life_days',
        'attribution_learning_period', 'affinity_half_life_days', 'abandonment_window_days',
        'new_customer_days', 'at_risk_after_days', 'lapsed_after_days',
    ]) -%}
{%- endmacro -%}
