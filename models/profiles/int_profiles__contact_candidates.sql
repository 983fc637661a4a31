{{ config(materialized='view', schema='contacts') }}

-- Columns that belong together are one attribute, won by one record: a name or an address put
-- together from two sources would be nobody's.
with

-- Read once an attribute, so that who asks for few profiles reads no others.
records as not materialized (
    select * from {{ ref('int_profiles__contacts_attributed') }}
),

unioned as (
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

select * from unioned
