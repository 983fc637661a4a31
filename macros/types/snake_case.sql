{#- Name in lower snake case: 'Product Viewed' and 'productViewed' become 'product_viewed'. Only ASCII punctuation and
    blanks separate words, so that the letters of other alphabets are kept. -#}
{%- macro snake_case(column) -%}
    {%- set words = "regexp_replace(" ~ column ~ ", '([a-z0-9])([A-Z])', '\\1_\\2', 'g')" -%}
    {%- set separated = "regexp_replace(" ~ words ~ ", '[[:blank:]!-/:-@\\[-`{-~]+', '_', 'g')" -%}
    nullif(lower(trim(both '_' from {{ separated }})), '')
{%- endmacro -%}
