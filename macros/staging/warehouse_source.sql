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
