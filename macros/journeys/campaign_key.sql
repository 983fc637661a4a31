{#
    Text key of the campaign through which a visitor arrived: UTM tags, campaign id and click id; null for an event
    without a campaign.
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
