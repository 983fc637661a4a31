{# Klaviyo: the tables that Fivetran keeps in the warehouse. The external id of a profile is the company's own, of an account. #}
{% macro connector_klaviyo_fivetran() %}
    {% set profiles, events = 'stg_klaviyo_fivetran__profiles', 'stg_klaviyo_fivetran__events' %}
    {% set entries = klaviyo_entries('klaviyo_fivetran', 'base_klaviyo_fivetran__person', 'base_klaviyo_fivetran__event') %}
    {% do entries[profiles].update({
        'table': {'source': 'klaviyo_fivetran', 'name': 'person', 'deleted': '_fivetran_deleted'},
    }) %}
    {% do entries[profiles].identifiers.update({'account': 'external_id'}) %}
    {% do entries[events].update({
        'table': {'source': 'klaviyo_fivetran', 'name': 'event', 'deleted': '_fivetran_deleted'},
    }) %}
    {% do return(entries) %}
{% endmacro %}
