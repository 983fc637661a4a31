{#
    Event name of a tracking call: the name as sent in snake case, except where the product has a name of its own. An
    event that is not known keeps its name.
#}
{% macro tracked_event_name(call_type, event) %}
    {{ return(adapter.dispatch('tracked_event_name', 'customer_data_platform')(call_type, event)) }}
{% endmacro %}

{% macro default__tracked_event_name(call_type, event) %}
    {%- set in_snake_case = "nullif(regexp_replace(regexp_replace(lower(" ~ event ~ "), '[ -/:-@[-`{-~]+', '_', 'g'), '^_|_$', '', 'g'), '')" -%}
    case {{ call_type }}
        when 'page' then 'page_viewed'
        when 'screen' then 'screen_viewed'
        when 'identify' then 'identified'
        when 'track' then
            case {{ in_snake_case }}
                when 'order_refunded' then 'order_returned'
                when 'application_opened' then 'app_opened'
                when 'push_notification_received' then 'push_received'
                when 'push_notification_tapped' then 'push_opened'
                when 'email_link_clicked' then 'email_clicked'
                when 'email_marked_as_spam' then 'email_complained'
                when 'unsubscribed' then 'email_unsubscribed'
                else {{ in_snake_case }}
            end
    end
{%- endmacro %}

{# Product of a call, which has to be the id that the catalogue and the other connectors use. #}
{% macro tracked_product_id(sku, product_id) %}
    {{ return(adapter.dispatch('tracked_product_id', 'customer_data_platform')(sku, product_id)) }}
{% endmacro %}

{% macro default__tracked_product_id(sku, product_id) %}
    coalesce({{ trimmed(sku) }}, {{ trimmed(product_id) }})
{%- endmacro %}

{# Whether an email consent or text message consent, in the words of the website, is plainly a grant. #}
{% macro is_plain_grant(answer) %}
    (
        coalesce({{ to_boolean(answer) }}, false)
        or coalesce({{ answer }}, '') in ('granted', 'subscribed', 'opted_in', 'opt_in')
    )
{%- endmacro %}

{# Click id of an advertising platform in the address of a page. #}
{% macro click_id_in(url) %}
    {%- set parameters = ['gclid', 'gbraid', 'wbraid', 'dclid', 'fbclid', 'msclkid', 'ttclid', 'twclid', 'li_fat_id', 'epik'] -%}
    {{ first_match(url, '[?&](?:' ~ parameters | join('|') ~ ')=([^&#]+)') }}
{%- endmacro %}
