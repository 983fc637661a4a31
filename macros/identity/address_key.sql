{#
    Key of a postal address that is the same for all ways of writing it: case, blanks, hyphens, full stops and the
    ending of a German street do not count; null if a part is missing. Overridable, as rules differ by country.
#}
{% macro address_key(address_line, postcode, country) %}
    {{- adapter.dispatch('address_key', 'customer_data_platform')(address_line, postcode, country) -}}
{% endmacro %}

{% macro default__address_key(address_line, postcode, country) -%}
    md5(
        lower(coalesce({{ country }}, '')) || chr(31)
        || {{ name_key(postcode) }} || chr(31)
        || replace(replace({{ name_key(address_line) }}, 'straße', 'str'), 'strasse', 'str')
    )
{%- endmacro %}
