{%- macro staged_batch_range(model_name) -%}
    {%- if joined_bases(model_name) -%}
    {#- A removed row of a joined base model no longer names its record, so that everything has to be processed. -#}
    select
        max(ranges.first_batch) as first_batch,
        max(ranges.last_batch) as last_batch
    from (
        {{ batch_range(base_of(model_name)) }}
        {%- for base in joined_bases(model_name) %}
        union all
        select
            greatest(min(_staged_batch), max(case when _row_status = 'removed' then _staged_batch end)) as first_batch,
            max(_staged_batch) as last_batch
        from {{ ref(base) }}
        {%- endfor %}
    ) as ranges
    {%- else -%}
    {{ batch_range(base_of(model_name)) }}
    {%- endif -%}
{%- endmacro -%}

{%- macro batch_range(base) -%}
    select
        min(_staged_batch) as first_batch,
        max(_staged_batch) as last_batch
    from {{ base }}
{%- endmacro -%}
