{#
    First letter of a given name, without accent, to tell people apart who share a mailbox or number. Of a full
    name, the letter of the first word, or of the word after the comma in "Meyer, Anna"; titles are skipped, and a
    single word gives null, as it may be a family name. Null for letters other than Latin.
#}
{% macro identity_initial(first_name=none, full_name=none) -%}
    {%- set titles = '^((mr|mrs|ms|miss|dr|prof|herr|frau|mme|mlle) )+' -%}
    {%- if full_name is none -%}
    substr(regexp_replace({{ comparable_text(first_name) }}, '{{ titles }}', ''), 1, 1)
    {%- else -%}
    case
        when {{ full_name }} like '%,%'
            then {{ identity_initial(first_name='split_part(' ~ full_name ~ ", ',', 2)") }}
        when regexp_replace({{ comparable_text(full_name) }}, '{{ titles }}', '') like '% %'
            then {{ identity_initial(first_name=full_name) }}
    end
    {%- endif -%}
{%- endmacro %}
