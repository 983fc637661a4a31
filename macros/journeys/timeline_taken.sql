{#
    Watermarks of the stored timeline: `sources`, the last processed batch per staging model (none if all rows of the
    model have to be compared), and `assigned_run`, the last processed run of the identity graph. None in a full build.
#}
{%- macro timeline_taken() -%}
    {%- set combination_profiles = ref('int_identity__combination_profiles') if not execute or processed_batch() -%}
    {%- if not execute -%}
        {%- for source in identity_sources() -%}{%- do ref(source.model) -%}{%- do bases_of(source.model) -%}{%- endfor -%}
        {%- do ref('identity_graph') -%}
        {%- do return(none) -%}
    {%- endif -%}
    {%- if processed_batch() is none -%}{%- do return(none) -%}{%- endif -%}
    {%- set assigned_run = query_value('select max(_attributed_run) from ' ~ this) -%}
    {%- set first_run = query_value('select min(assigned_run) from ' ~ combination_profiles) -%}
    {%- if assigned_run is none or first_run is none or first_run > assigned_run -%}
        {%- do build_in_full() -%}
        {%- do return(none) -%}
    {%- endif -%}
    {%- set known = {} -%}
    {%- for row in run_query(
        'select source_model, max(_staged_batch) from ' ~ this ~ ' where source_model is not null group by source_model'
    ).rows -%}
        {%- do known.update({row[0]: row[1] | int}) -%}
    {%- endfor -%}
    {%- set sources = {} -%}
    {%- for source in identity_sources() -%}
        {%- set batches = run_query(staged_batch_range(source.model)).rows[0] -%}
        {%- set batch = known.get(source.model) -%}
        {#- After a full refresh of the base model, its batches no longer include the last processed one. -#}
        {%- set is_continued = batch is not none and batches[0] is not none
            and batches[0] <= batch and batch <= batches[1] -%}
        {%- do sources.update({source.model: batch if is_continued else none}) -%}
    {%- endfor -%}
    {%- do return({'assigned_run': assigned_run | int, 'sources': sources}) -%}
{%- endmacro -%}

{#- Condition on the timeline: rows of unprocessed batches, or all rows in a full build. -#}
{%- macro staged_since(taken) -%}
    {%- if taken is none -%}true{%- else -%}
    {%- for model, batch in taken.sources.items() -%}
    {%- if not loop.first %}
        or {% endif -%}
    (source_model = '{{ model }}'{% if batch is not none %} and _staged_batch > {{ batch }}{% endif %})
    {%- endfor -%}
    {%- endif -%}
{%- endmacro -%}

{#- Query of the records written or removed after the watermarks, including rejected ones. -#}
{%- macro records_touched_since(taken) -%}
    {%- for model, batch in taken.sources.items() %}
    {%- if batch is not none %}
    select
        '{{ model }}' as source_model,
        cast(_record_key as text) as record_id
    from ({{ touched_records(model, batch) }}) as touched_records
    {%- else %}
    select
        source_model,
        record_id
    from {{ this }}
    where source_model = '{{ model }}' and valid_to_batch is null
    {%- endif %}
    {%- if not loop.last %}
    union all{% endif %}
    {%- endfor %}
{%- endmacro -%}
