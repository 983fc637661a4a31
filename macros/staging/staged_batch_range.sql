{%- macro staged_batch_range(model_name) -%}
    select
        min(_staged_batch) as first_batch,
        max(_staged_batch) as last_batch
    from {{ base_of(model_name) }}
{%- endmacro -%}
