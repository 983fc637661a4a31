{#- A receipt depends on its store's time zone. If the store arrives late, its receipts have to
    leave quarantine. -#}
{%- macro restage_changed_stores() -%}
    select receipts._load_id, receipts._row_number
    from {{ this }} as receipts
    left join {{ ref('input_stores') }} as stores on receipts.store_id = stores.store_id
    where receipts.store_time_zone is distinct from stores.time_zone
{%- endmacro -%}
