{#- Rises from run to run even where the clock goes back. `greatest` skips the null of a model without
    rows, on every engine. -#}
{%- macro staged_batch() -%}
    {%- if is_incremental() -%}
    greatest(
            cast({{ run_started_microseconds() }} as bigint),
            1 + (select max(earlier._staged_batch) from {{ this }} as earlier)
        )
    {%- else -%}
    cast({{ run_started_microseconds() }} as bigint)
    {%- endif -%}
{%- endmacro -%}
