-- A shop and a catalogue may bring the same product: that of the connector listed first counts.
with

inputs as (
    {{ input_rows('products') }}
),

ranked_products as (
    select
        *,
        row_number() over (
            partition by product_id
            order by
                case connector
                    {%- for name in connector_names() %}
                    when '{{ name }}' then {{ loop.index }}
                    {%- endfor %}
                end,
                source_model,
                record_id
        ) as product_number
    from inputs
),

first_products as (
    select
        connector,
        source_model,
        record_id,
        channel,
        {%- for column in contract_columns('products') %}
        {{ column }},
        {%- endfor %}
        observed_at,
        _staged_batch
    from ranked_products
    where product_number = 1
)

select * from first_products
