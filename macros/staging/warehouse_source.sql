{#-
    Query for the CTE `source` of a base model whose source is a table that another tool keeps in the warehouse: the
    rows that changed since the last run, with the columns that the source declares as text, so that the rules read
    them as they read files. A column that does not exist yet is null, and a table that does not exist yet is empty.

    A row stands for a file with one row: its load is its key, and the time of the load is the cursor, so that a newer
    version replaces the row. Of several versions in the table, as tools that only append keep them, the newest counts.
    A row that the tool marks as deleted, or that is gone where it marks none, is removed.

    `table` may be a list of tables whose keys never coincide, such as one table per event. `_file` tells them apart.
    `overview` names one that lists the rows of the others, too, and its column with their table: such rows are read
    from their own table.
-#}
{%- macro warehouse_source(source_name, table, key, cursor, deleted=none, json_columns=[], overview=none) -%}
    {%- set in_place = {
        'source': source_name, 'tables': [table] if table is string else table,
        'key': [key] if key is string else key, 'cursor': cursor, 'deleted': deleted, 'overview': overview or {},
    } -%}
    {#- Reconciliation finds this in the graph, and the macros of this run in `model`. -#}
    {%- do config(meta={'in_place': in_place}) -%}
    {%- do model.update({'in_place': in_place}) -%}
    with

    rows_in_place as (
        {{ rows_in_place(in_place, recent=true) }}
    ),

    versions as (
        select
            *,
            row_number() over (
                partition by _load_id
                order by
                    _loaded_at desc,
                    _is_deleted desc,
                    md5(concat_ws(
                        chr(31), ''
                        {%- for column in declared_columns(in_place) %}, {{ adapter.quote(column) }}{% endfor %}
                    )) desc
            ) as _version_number
        from rows_in_place
    ),

    due_rows as not materialized (
        select * from versions
        where
            _version_number = 1
            and not _is_deleted
            {%- if is_incremental() %}
            and not exists (
                select 1 from {{ this }} as staged_rows
                where staged_rows._load_id = versions._load_id and staged_rows._loaded_at >= versions._loaded_at
            )
            {%- endif %}
    )

    select
        due_rows.*,
        {%- for column in json_columns %}
        {{ parse_json('due_rows.' ~ adapter.quote(column)) }} as parsed_{{ column }},
        {%- endfor %}
        due_rows as _raw
    from due_rows
    {{ optimisation_fence() }}
{%- endmacro -%}

{#- Columns of each table with their types; without columns if there is no such table yet. -#}
{%- macro types_in_place(in_place) -%}
    {%- set types = {} -%}
    {%- for table in in_place.tables -%}
        {%- set relation = source(in_place.source, table) -%}
        {%- do types.update({table: {}}) -%}
        {%- set existing = adapter.get_relation(relation.database, relation.schema, relation.identifier) if execute else none -%}
        {%- for column in (adapter.get_columns_in_relation(existing) if existing else []) -%}
            {%- do types[table].update({column.name: column.data_type | lower}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(types) -%}
{%- endmacro -%}

{#- All rows of the tables with landing's columns, every version of them; `recent`: only those of an incremental run. -#}
{%- macro rows_in_place(in_place, recent=false) -%}
    {%- set types_of = types_in_place(in_place) -%}
    {%- for table, types in types_of.items() %}
    select
        {{ key_in_place(in_place, types) }} as _load_id,
        '{{ in_place.source }}.{{ table }}' as _file,
        cast(1 as bigint) as _row_number,
        {{ cursor_in_place(in_place, types) }} as _loaded_at,
        {{ deleted_in_place(in_place, types) }} as _is_deleted
        {%- for column in declared_columns(in_place) %},
        {{ column_text(column, types) }} as {{ adapter.quote(column) }}
        {%- endfor %}
    {{ 'from ' ~ source(in_place.source, table) if types else '' }}
    where {{ listed_in_place(in_place, table, types_of) if types else '1 = 0' }}
        {{ recent_in_place(in_place, table, types) if recent and types else '' }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{%- endmacro -%}

{#- Condition on a table: not in another table as well. -#}
{%- macro listed_in_place(in_place, table, types_of) -%}
    {%- set others = types_of.items() | selectattr(1) | map(attribute=0) | reject('equalto', table) | list -%}
    {%- if in_place.overview.table == table and others -%}
    coalesce({{ column_text(in_place.overview.column, types_of[table]) }}, '') not in ('{{ others | join("', '") }}')
    {%- else -%}
    1 = 1
    {%- endif -%}
{%- endmacro -%}

{%- macro key_in_place(in_place, types) -%}
    {%- for column in in_place.key -%}
        coalesce({{ column_text(column, types) }}, ''){{ " || '/' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro -%}

{%- macro cursor_in_place(in_place, types) -%}
    coalesce({{ to_timestamp('(' ~ column_text(in_place.cursor, types) ~ ')') }}, timestamp '1970-01-01 00:00:00')
{%- endmacro -%}

{%- macro deleted_in_place(in_place, types) -%}
    {%- if in_place.deleted in types -%}
    coalesce({{ to_boolean('cast(' ~ adapter.quote(in_place.deleted) ~ ' as text)') }}, false)
    {%- else -%}
    false
    {%- endif -%}
{%- endmacro -%}

{#-
    Condition of an incremental run: rows may be committed after rows with a later cursor, so a day before the newest
    cursor of the table is read again. A cursor in the future would hide the rows that come before it. The column is
    compared as it is, with a literal, so that the engine can skip rows.
-#}
{%- macro recent_in_place(in_place, table, types) -%}
    {%- if is_incremental() -%}
        {%- set since = watermarks_in_place().get(in_place.source ~ '.' ~ table) -%}
        {%- set type = types.get(in_place.cursor, '') -%}
        {%- if since and 'timestamp' in type -%}
            {%- set column = adapter.quote(in_place.cursor) -%}
        and (
            {{ column }} >= {{ 'timestamptz' if is_zoned(type) else 'timestamp' }} '{{ since }}{{ '+00' if is_zoned(type) }}'
            or {{ column }} is null
        )
        {%- elif since and type -%}
        and (
            {{ cursor_in_place(in_place, types) }} >= timestamp '{{ since }}'
            or {{ cursor_in_place(in_place, types) }} = timestamp '1970-01-01 00:00:00'
        )
        {%- endif -%}
    {%- endif -%}
{%- endmacro -%}

{#- Cursor from which each table is read, by its name in `_file`. -#}
{%- macro watermarks_in_place() -%}
    {%- if not model.watermarks -%}
        {%- set watermarks = {} -%}
        {%- set now = run_started_at.strftime('%Y-%m-%d %H:%M:%S') -%}
        {%- for row in run_query(
            "select _file, cast(max(_loaded_at) - interval '1 day' as text) from " ~ this
            ~ " where _load_id is not null and _loaded_at <= timestamp '" ~ now ~ "' group by _file"
        ).rows -%}
            {%- do watermarks.update({row[0]: row[1]}) -%}
        {%- endfor -%}
        {%- do model.update({'watermarks': watermarks}) -%}
    {%- endif -%}
    {%- do return(model.watermarks) -%}
{%- endmacro -%}

{#- Columns that the source's YAML declares of any of the tables. -#}
{%- macro declared_columns(in_place) -%}
    {%- set columns = [] -%}
    {%- for source in (graph.sources.values() if execute else []) if source.source_name == in_place.source and source.name in in_place.tables -%}
        {%- for column in source.columns if column not in columns -%}{%- do columns.append(column) -%}{%- endfor -%}
    {%- endfor -%}
    {%- do return(columns) -%}
{%- endmacro -%}

{#- A column as text, times in UTC with their offset; null if the table lacks it. -#}
{%- macro column_text(column, types) -%}
    {%- set type = types.get(column, '') -%}
    {%- if not type -%}cast(null as text)
    {%- elif is_zoned(type) -%}cast({{ adapter.quote(column) }} at time zone 'UTC' as text) || 'Z'
    {%- elif 'timestamp' in type -%}cast({{ adapter.quote(column) }} as text) || 'Z'
    {%- else -%}cast({{ adapter.quote(column) }} as text)
    {%- endif -%}
{%- endmacro -%}

{%- macro is_zoned(type) -%}
    {%- do return('timestamp' in type and ('tz' in type or 'with time zone' in type)) -%}
{%- endmacro -%}

{#-
    Staged rows that an incremental run replaces or removes: rows with a newer version, and rows that were deleted. If
    a whole table is missing, its rows stay, since a tool may be about to write it again.
-#}
{%- macro rows_removed_in_place() -%}
    {%- set in_place = model.in_place -%}
    {%- set types_of = types_in_place(in_place) -%}
    select
        staged_rows._load_id,
        staged_rows._loaded_at
    from {{ this }} as staged_rows
    where staged_rows._load_id in (select new_rows._load_id from new_rows)
    {%- if in_place.deleted in types_of[in_place.tables[0]] %}
    union
    select
        staged_rows._load_id,
        staged_rows._loaded_at
    from {{ this }} as staged_rows
    inner join (
        select
            _load_id,
            max(_loaded_at) as deleted_at
        from (
            {{ rows_in_place(in_place, recent=true) }}
        ) as rows_in_place
        where _is_deleted
        group by _load_id
    ) as deleted_rows
        on staged_rows._load_id = deleted_rows._load_id and staged_rows._loaded_at <= deleted_rows.deleted_at
    {%- else %}
    {%- for table, types in types_of.items() if types %}
    union
    select
        staged_rows._load_id,
        staged_rows._loaded_at
    from {{ this }} as staged_rows
    left join (
        select distinct {{ key_in_place(in_place, types) }} as _load_id
        from {{ source(in_place.source, table) }}
        where {{ listed_in_place(in_place, table, types_of) }}
    ) as present_rows on staged_rows._load_id = present_rows._load_id
    where staged_rows._file = '{{ in_place.source }}.{{ table }}' and present_rows._load_id is null
    {%- endfor %}
    {%- endif %}
{%- endmacro -%}
