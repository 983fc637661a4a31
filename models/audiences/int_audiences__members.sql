-- Add a call for each new audience.
with

all_members as (
    {{ audience_members('aud_crm_clean_up') }}
    union all
    {{ audience_members('aud_lapsed_subscribers') }}
    union all
    {{ audience_members('aud_lookalike_seed') }}
    union all
    {{ audience_members('aud_nearby_abandoned_product') }}
    union all
    {{ audience_members('aud_new_customer_welcome') }}
    union all
    {{ audience_members('aud_vip_at_risk') }}
    union all
    {{ audience_members('aud_win_back') }}
)

select * from all_members
