select
    marketing_channel,
    attribution_model,
    sum(attributed_amount) as attributed_amount
from cdp_journeys.channel_performance
where attribution_model in ('first_touch', 'last_touch', 'markov_removal')
group by marketing_channel, attribution_model
order by attributed_amount desc, marketing_channel, attribution_model
