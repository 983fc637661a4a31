{#
    ISO 3166-1 code of a country that is written as a code or as a name in one of the languages of seed `country_names`.
    What is neither stays as it is written, in upper case, so that it can be reported. The seed has typographic
    apostrophes. Its columns are renamed, because a column `country` of the source would otherwise be taken for the seed's.
#}
{%- macro country_code(column) -%}
    coalesce(
            (
                select names._country_code
                from (
                    select
                        known.name as _country_name,
                        known.country as _country_code
                    from {{ ref('country_names') }} as known
                ) as names
                where names._country_name = replace(lower({{ trimmed(column) }}), '''', '’')
            ),
            upper({{ trimmed(column) }})
        )
{%- endmacro -%}
