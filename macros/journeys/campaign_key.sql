{#
    What tells one arrival by a campaign from another: tags, campaign and click id, as text; null for
    an event that no campaign brought.
#}
{% macro campaign_key() %}
    case
        when coalesce(campaign_source, campaign_medium, click_id) is not null
            then
                coalesce(campaign_source, '') || chr(31) || coalesce(campaign_medium, '')
                || chr(31) || coalesce(campaign_name, '') || chr(31) || coalesce(campaign_id, '')
                || chr(31) || coalesce(click_id, '')
    end
{%- endmacro %}
