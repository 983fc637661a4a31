-- Chains of which more than a billionth is still walking after all steps: raise `doublings` in
-- int_journeys__channel_removals.
select *
from {{ ref('int_journeys__channel_removals') }}
where undecided_probability > 0.000000001
