{#
    ISO 3166-1 code of a country that is written as a code or as a name in one of the languages of seed `country_names`.
    What is neither stays as it is written, in upper case, so that it can be reported. The seed has typographic
    apostrophes.
#}
{%- macro country_code(column) -%}
    coalesce(
            (
                select names.country from {{ ref('country_names') }} as names
                where names.name = replace(lower({{ trimmed(column) }}), '''', '’')
            ),
            upper({{ trimmed(column) }})
        )
{%- endmacro -%}
