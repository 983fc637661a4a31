{#
    What the stored timeline has taken in: the last batch of each staging model, none where that is to be
    compared whole, and the last run of the graph. None where all is to be built anew.
#}
{%- macro timeline_taken() -%}
    {%- set set_profiles = ref('int_identity__combination_profiles') if not execute or is_incremental() -%}
    {%- if not execute -%}
        {%- for source in identity_sources() -%}{%- do base_of(source.model) -%}{%- endfor -%}
        {%- do ref('identity_graph') -%}
        {%- do return(none) -%}
    {%- endif -%}
    {%- if not is_incremental() or not has_column(this, '_written_batch') -%}{%- do return(none) -%}{%- endif -%}
    {%- set assigned_run = query_value('select max(_attributed_run) from ' ~ this) -%}
    {%- set first_run = query_value('select min(assigned_run) from ' ~ set_profiles) -%}
    {%- if assigned_run is none or first_run is none or first_run > assigned_run -%}
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
        {#- A base that was built again holds no row of a batch that was taken in. -#}
        {%- set is_continued = batch is not none and batches[0] is not none
            and batches[0] <= batch and batch <= batches[1] -%}
        {%- do sources.update({source.model: batch if is_continued else none}) -%}
    {%- endfor -%}
    {%- do return({'assigned_run': assigned_run | int, 'sources': sources}) -%}
{%- endmacro -%}

{#- Condition on the timeline: rows of batches that were not taken in. -#}
{%- macro staged_since(taken) -%}
    {%- for model, batch in taken.sources.items() -%}
    {%- if not loop.first %}
        or {% endif -%}
    (source_model = '{{ model }}'{% if batch is not none %} and _staged_batch > {{ batch }}{% endif %})
    {%- endfor -%}
{%- endmacro -%}

{#- Records that were written or removed since, whether they are accepted or not. -#}
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
    where source_model = '{{ model }}' and _ended_batch is null
    {%- endif %}
    {%- if not loop.last %}
    union all{% endif %}
    {%- endfor %}
{%- endmacro -%}
