{#
    ISO 3166-1 code of a country that is written as a code or as a name in one of the languages of seed `country_names`.
    What is neither stays as it is written, in upper case, so that it can be reported.
#}
{%- macro country_code(column) -%}
    {#- The seed's columns are renamed, since a column of the source may be called `Country` or `Name` as well. -#}
    coalesce(
            (
                select known_names._known_country
                from (
                    select
                        name as _known_name,
                        country as _known_country
                    from {{ ref('country_names') }}
                ) as known_names
                where known_names._known_name = lower({{ trimmed(column) }})
            ),
            upper({{ trimmed(column) }})
        )
{%- endmacro -%}
