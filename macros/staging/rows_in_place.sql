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
