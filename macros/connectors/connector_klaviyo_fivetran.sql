{# Klaviyo: the tables that Fivetran keeps in the warehouse. The external id of a profile is the company's own, of an account. #}
{% macro connector_klaviyo_fivetran() %}
    {% set base = 'base_klaviyo_fivetran__' %}
    {% set entries = klaviyo_entries('klaviyo_fivetran', base ~ 'person', base ~ 'event') %}
    {% for entry in entries.values() %}
        {% set table = entry.base | replace(base, '') %}
        {% do entry.update({
            'table': {'source': 'klaviyo_fivetran', 'name': table, 'deleted': '_fivetran_deleted'},
        }) %}
    {% endfor %}
    {% do entries['stg_klaviyo_fivetran__profiles'].identifiers.update({'account': 'external_id'}) %}
    {% do return(entries) %}
{% endmacro %}
