{#- Expects an address from normalise_email. If nothing precedes the plus, the tag is kept: '+tag@…'
    is an address of its own. -#}
{%- macro canonical_email(column) -%}
    {%- set domain = "split_part(" ~ column ~ ", '@', 2)" -%}
    {%- set name = "split_part(split_part(" ~ column ~ ", '@', 1), '+', 1)" -%}
    case
        when {{ name }} = '' then {{ column }}
        when {{ domain }} in ('gmail.com', 'googlemail.com')
            then replace({{ name }}, '.', '') || '@gmail.com'
        else {{ name }} || '@' || {{ domain }}
    end
{%- endmacro -%}
