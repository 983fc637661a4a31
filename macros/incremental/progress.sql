{#-
    The one table of progress: per incremental model the last batch that it has processed, the `as_of()` of that run,
    when the run started, and the checksum of all that its rows are made by besides its inputs' rows. It is written
    in the transaction that writes the model.
-#}
{%- macro incremental_manifest() -%}
    {%- do return(api.Relation.create(
        database=target.database, schema=target.schema ~ '_journeys', identifier='incremental_manifest'
    )) -%}
{%- endmacro -%}

{#- Hook before a run. To look first whether the table is there may begin a transaction that dbt rolls back. -#}
{%- macro create_incremental_manifest() -%}
    {%- set manifest = incremental_manifest() -%}
    {%- if execute -%}
    create schema if not exists {{ manifest.without_identifier().include(database=false) }};
    create table if not exists {{ manifest }} (
        model text, batch bigint, as_of timestamp, run_started_microseconds bigint, checksum text
    )
    {%- endif -%}
{%- endmacro -%}

{#- Number of this run, the same in all of its models: it rises from run to run even where the clock goes back. -#}
{%- macro current_batch() -%}
    {%- if not execute or model.resource_type == 'unit_test' -%}{%- do return(run_started_microseconds()) -%}{%- endif -%}
    {%- set memory = remembered() -%}
    {%- if 'current_batch' not in memory -%}
        {%- set started = run_started_microseconds() -%}
        {%- do memory.update({'current_batch': query_value(
            'select coalesce(max(case when run_started_microseconds = ' ~ started ~ ' then batch end), greatest('
            ~ started ~ ', 1 + max(batch))) from ' ~ incremental_manifest()
        ) | int}) -%}
    {%- endif -%}
    {%- do return(memory.current_batch) -%}
{%- endmacro -%}

{#- What was asked of the warehouse in this run for this model, which is rendered three times: query, strategy, hook. -#}
{%- macro remembered() -%}
    {%- do return(graph.nodes[model.unique_id].setdefault('remembered ' ~ invocation_id, {})) -%}
{%- endmacro -%}

{#- Last batch that the model has processed; none where it is to be built in full. -#}
{%- macro processed_batch() -%}
    {%- if not execute or model.resource_type == 'unit_test' or not is_incremental() -%}{%- do return(none) -%}{%- endif -%}
    {%- set memory = remembered() -%}
    {%- if 'processed_batch' not in memory -%}{%- do memory.update(progress()) -%}{%- endif -%}
    {%- do return(memory.processed_batch) -%}
{%- endmacro -%}

{#- Decides so for what only the model itself can know. -#}
{%- macro build_in_full() -%}
    {%- do remembered().update({'processed_batch': none}) -%}
{%- endmacro -%}

{#- The `as_of()` of the run that processed it. -#}
{%- macro processed_as_of() -%}
    {%- do return(none if processed_batch() is none else remembered().processed_as_of) -%}
{%- endmacro -%}

{#-
    What is known of the last run. Nothing, so that the model is built in full, where it has no record or another
    checksum, `as_of()` is earlier than then, or its inputs do not tell all that changed since.
-#}
{%- macro progress() -%}
    {%- set rows = run_query(
        'select batch, cast(as_of as text), checksum, ' ~ inputs_tell_all() ~ ' from ' ~ incremental_manifest()
        ~ " where model = '" ~ this.identifier ~ "'"
    ).rows -%}
    {%- if not rows or not rows[0][3] or rows[0][2] != model_checksum() -%}
        {%- do return({'processed_batch': none}) -%}
    {%- endif -%}
    {%- do return({'processed_batch': rows[0][0] | int, 'processed_as_of': rows[0][1]}) -%}
{%- endmacro -%}

{#- Condition on the model's record that its inputs tell all changes since. A history compares all by itself. -#}
{%- macro inputs_tell_all() -%}
    {%- set entity, complete_since = config.meta_get('entity'), config.meta_get('complete_since') or {} -%}
    {%- set inputs = {changed_keys_model(entity): 'min(batch)'} if entity else complete_since -%}
    {%- if not inputs -%}{%- do return('true') -%}{%- endif -%}
    as_of <= {{ as_of() }}
    {%- for input, since in inputs.items() %}
    and (select coalesce({{ since }}, 0) from {{ ref(input) }}) <= batch
    {%- endfor -%}
{%- endmacro -%}

{#-
    Checksum of all that a model's rows are made by besides its inputs' rows: its text, macros, seeds and upstream views
    (computed from dbt's manifest by cdp.dbt.checksums), settings, the content of `checked_inputs`, and the same
    of the incremental models that it reads, which are recorded. None where dbt was run without checksums.
-#}
{%- macro model_checksum() -%}
    {%- set known = model_facts() -%}
    {%- if known is none -%}{%- do return(none) -%}{%- endif -%}
    {%- set memory = remembered() -%}
    {%- if 'checksum' in memory -%}{%- do return(memory.checksum) -%}{%- endif -%}
    {%- set parts = [known.checksum] -%}
    {%- for name in known.vars -%}{%- do parts.append(name ~ '=' ~ var(name, none)) -%}{%- endfor -%}
    {%- if known.reads -%}
        {%- for row in run_query(
            'select model, checksum from ' ~ incremental_manifest() ~ " where model in ('"
            ~ known.reads | join("', '") ~ "') order by model"
        ).rows -%}{%- do parts.append(row.values() | join('=')) -%}{%- endfor -%}
    {%- endif -%}
    {%- for input, columns in (config.meta_get('checked_inputs') or {}).items() -%}
        {%- for row in run_query('select ' ~ columns ~ ' from ' ~ ref(input) ~ ' order by 1').rows -%}
            {%- do parts.append(row.values() | join('|')) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do memory.update({'checksum': local_md5(parts | join('\n'))}) -%}
    {%- do return(memory.checksum) -%}
{%- endmacro -%}

{#- What the command line computed of this model: `checksum`, `vars` and `reads`. -#}
{%- macro model_facts() -%}
    {%- do return(fromjson(env_var('CDP_MODEL_CHECKSUMS', '{}')).get(this.identifier)) -%}
{%- endmacro -%}

{#- Hook after each incremental model, in its transaction: it has processed what all of its inputs have. -#}
{%- macro record_processed() -%}
    {%- if not execute -%}{%- do return('') -%}{%- endif -%}
    {%- set manifest, known, checksum = incremental_manifest(), model_facts(), model_checksum() -%}
    {%- if known is none -%}
        {%- do exceptions.warn(
            this.identifier ~ ' will be built in full each time: run dbt by `make dbt ARGS=…`'
            ~ ' (python -m cdp.cli.shell dbt …), which tells what changed since.'
        ) -%}
    {%- endif -%}
    delete from {{ manifest }} where model = '{{ this.identifier }}';
    insert into {{ manifest }} (model, batch, as_of, run_started_microseconds, checksum)
    select
        '{{ this.identifier }}',
        {{ 'min(batch)' if known and known.reads else current_batch() }},
        {{ as_of() }},
        {{ run_started_microseconds() }},
        {{ 'null' if checksum is none else "'" ~ checksum ~ "'" }}
    {%- if known and known.reads %}
    from {{ manifest }}
    where model in ('{{ known.reads | join("', '") }}')
    {%- endif -%}
{%- endmacro -%}
