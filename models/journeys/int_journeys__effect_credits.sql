{{ incremental_by(
    'profile',
    checked_inputs={'int_journeys__channel_effects': 'marketing_channel, removal_effect'},
) }}

{{ attribution_credits(weighs_all_journeys('attribution_model')) }}
