{#
    CTEs `steps_1` to `steps_<doublings>`, each with the transition probabilities over twice as many steps as the
    previous one, starting from `steps_0`. Computed in decimals with 18 places, so that the result does not depend on
    the order of summation.
#}
{% macro squared_transitions(doublings) %}
    {%- for doubling in range(1, doublings + 1) %}
steps_{{ doubling }} as materialized (
    select
        halves.removed_channel,
        halves.from_state,
        others.to_state,
        cast(sum(halves.probability * others.probability) as numeric(19, 18)) as probability
    from steps_{{ doubling - 1 }} as halves
    inner join steps_{{ doubling - 1 }} as others
        on
            halves.removed_channel = others.removed_channel
            and halves.to_state = others.from_state
    group by halves.removed_channel, halves.from_state, others.to_state
),
    {%- endfor %}
{%- endmacro %}
