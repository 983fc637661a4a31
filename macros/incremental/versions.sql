{#
    Strategy of a model that keeps the versions of its rows: a row that changed ends with this batch, and its
    new version is written with it, so that who reads later sees what was there and what is there now.
    A row of the query without `_written_batch` is gone. Versions that ended long ago are taken away.
#}
{%- macro get_incremental_versions_sql(arguments) -%}
    {%- set target = arguments.target_relation -%}
    {%- set temporary = arguments.temp_relation -%}
    {%- set key = arguments.unique_key -%}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    {{ gather_statistics(temporary) }}
    {%- if timeline_taken() is none %}
    delete from {{ target }};
    {%- else %}
    update {{ target }}
    set _ended_batch = {{ versions_batch() }}
    where _ended_batch is null and {{ key }} in (select {{ key }} from {{ temporary }});

    delete from {{ target }}
    where _ended_batch < {{ run_started_microseconds() - kept_changes_days() * 86400000000 }};
    {%- endif %}

    insert into {{ target }} ({{ columns }})
    select {{ columns }}
    from {{ temporary }}
    where _staged_batch is not null
{%- endmacro -%}

{#- Number of this run's versions. -#}
{%- macro versions_batch() -%}
    {%- do return(rising_batch(['_written_batch', '_ended_batch'])) -%}
{%- endmacro -%}

{#- A number for this run, above all that the model holds in some columns even where the clock goes back. -#}
{%- macro rising_batch(columns) -%}
    {%- set last = none -%}
    {%- if is_incremental() and has_column(this, columns[0]) -%}
        {%- set last = query_value(
            'select greatest(max(' ~ columns | join('), max(') ~ ')) from ' ~ this
        ) -%}
    {%- endif -%}
    {%- do return('cast(' ~ [run_started_microseconds(), (last or 0) | int + 1] | max ~ ' as bigint)') -%}
{%- endmacro -%}

{#- How long changes are kept for those who read them. Who has not read for longer builds anew. -#}
{%- macro kept_changes_days() -%}
    {%- do return(14) -%}
{%- endmacro -%}
