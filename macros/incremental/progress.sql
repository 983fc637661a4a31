{#-
    Manifest table: per incremental model the last processed batch, `as_of()` and start of that run, and the checksum of
    the model's definition (see `model_checksum`). It is written in the transaction that writes the model.
-#}
{%- macro incremental_manifest() -%}
    {%- do return(api.Relation.create(
        database=target.database, schema=target.schema ~ '_journeys', identifier='incremental_manifest'
    )) -%}
{%- endmacro -%}

{#- Hook at the start of each run. Checking first whether the table exists may begin a transaction that dbt rolls back. -#}
{%- macro create_incremental_manifest() -%}
    {%- set manifest = incremental_manifest() -%}
    {%- if execute -%}
    create schema if not exists {{ manifest.without_identifier().include(database=false) }};
    create table if not exists {{ manifest }} (
        model text, batch bigint, as_of timestamp, run_started_microseconds bigint, checksum text
    )
    {%- endif -%}
{%- endmacro -%}

{#- Number of this run, shared by all of its models. It increases with every run, even if the clock is set back. -#}
{%- macro current_batch() -%}
    {%- if not execute or model.resource_type == 'unit_test' or flags.WHICH == 'compile' -%}{%- do return(run_started_microseconds()) -%}{%- endif -%}
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

{#- Cache of query results for this model and run: the query, the strategy and the hook are rendered separately. -#}
{%- macro remembered() -%}
    {%- do return(graph.nodes[model.unique_id].setdefault('remembered ' ~ invocation_id, {})) -%}
{%- endmacro -%}

{#- Last batch that the model has processed; none if the model has to be built in full. -#}
{%- macro processed_batch() -%}
    {%- if not execute or model.resource_type == 'unit_test' or not is_incremental() -%}{%- do return(none) -%}{%- endif -%}
    {%- set memory = remembered() -%}
    {%- if 'processed_batch' not in memory -%}{%- do memory.update(progress()) -%}{%- endif -%}
    {%- do return(memory.processed_batch) -%}
{%- endmacro -%}

{#- Forces a full build of this model in this run, for reasons that only the model's own query can detect. -#}
{%- macro build_in_full() -%}
    {%- do remembered().update({'processed_batch': none}) -%}
{%- endmacro -%}

{#- The `as_of()` of the run that processed the last batch. -#}
{%- macro processed_as_of() -%}
    {%- do return(none if processed_batch() is none else remembered().processed_as_of) -%}
{%- endmacro -%}

{#-
    Progress of the model's last run. None, so that the model is built in full, if it has no row in the manifest or a
    different checksum, if `as_of()` is earlier than in that run, or if its inputs do not list all changes since.
-#}
{%- macro progress() -%}
    {%- set rows = run_query(
        'select batch, cast(as_of as text), checksum, ' ~ inputs_tell_all() ~ ' from ' ~ incremental_manifest()
        ~ " where model = '" ~ this.identifier ~ "'"
    ).rows -%}
    {%- if not rows or not rows[0][3] or rows[0][2] is none or rows[0][2] != model_checksum() -%}
        {%- do return({'processed_batch': none}) -%}
    {%- endif -%}
    {%- do return({'processed_batch': rows[0][0] | int, 'processed_as_of': rows[0][1]}) -%}
{%- endmacro -%}

{#- Condition on the manifest: whether the inputs list all changes since. A history model compares all rows anyway. -#}
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
    Checksum of the model's definition: its text, macros, seeds and upstream views (computed from dbt's manifest by
    cdp.dbt.checksums), its settings, the content of `checked_inputs`, and the recorded checksums of the incremental
    models that it reads. None if dbt was run without checksums.
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

{#- What the command line computed for this model: `checksum`, `vars` and `reads`. -#}
{%- macro model_facts() -%}
    {%- do return(fromjson(env_var('CDP_MODEL_CHECKSUMS', '{}')).get(this.identifier)) -%}
{%- endmacro -%}

{#- Hook after each incremental model, in its transaction: records the last batch that all of its inputs processed. -#}
{%- macro record_processed() -%}
    {%- if not execute -%}{%- do return('') -%}{%- endif -%}
    {%- set manifest, known, checksum = incremental_manifest(), model_facts(), model_checksum() -%}
    {%- if known is none -%}
        {%- do exceptions.warn(
            this.identifier ~ ' will be built in full each time: run dbt by `make dbt ARGS=…`'
            ~ ' (python -m cdp.cli.shell dbt …), which computes the checksums that incremental runs need.'
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
