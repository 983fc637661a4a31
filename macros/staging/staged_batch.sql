{#- The batch rises even if the clock is set back. `greatest` ignores the null of an empty model on
    every engine. -#}
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
