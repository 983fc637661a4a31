{{ config(materialized='view', schema='contacts') }}

-- Columns that belong together form one attribute and come from one record, so that a name or
-- address never mixes two sources.
with

-- Not materialized, so that a filter by profile applies to each of the selects below.
records as not materialized (
    select * from {{ ref('int_profiles__contacts_attributed') }}
),

candidates as (
    {%- for attribute in contact_attributes() %}
    {%- if not loop.first %}
    union all
    {%- endif %}
    select
        '{{ attribute }}' as attribute,
        {{ contact_value_key(attribute, 'records') }} as value_key,
        *
    from records
    where {{ contact_value_key(attribute, 'records') }} is not null
    {%- endfor %}
)

select * from candidates
