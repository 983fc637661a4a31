{#
    Counts the links of changed combinations. Leaves ig_links_before and ig_links_after. A blocked identifier has no
    links, except by an override.
#}
{% macro graph_count_links(plan) %}
    {% do replace_temp_table('ig_blocked',
        'select identifier_key from ig_identifiers_counted where blocking_priority is not null'
    ) %}
    {% do replace_temp_table('ig_pairs_after', graph_pairs('ig_combinations_after', plan)) %}
    {% do replace_temp_table('ig_pairs_before', graph_pairs('ig_combinations_before', plan)) %}
    {% set touched %}
        select identifier_key_a, identifier_key_b from ig_pairs_before
        union
        select identifier_key_a, identifier_key_b from ig_pairs_after
    {% endset %}
    {% do replace_temp_table('ig_touched_pairs', touched) %}
    {% do graph_take_links('ig_links_before', 'ig_touched_pairs') %}
    {# Pairs that lost a record are counted again, from every combination with both identifiers. #}
    {% set reduced %}
        select distinct identifier_key_a, identifier_key_b
        from ig_pairs_before
        where combination_key in (select combination_key from ig_combinations_reduced)
    {% endset %}
    {% do replace_temp_table('ig_pairs_reduced', reduced) %}
    {% do replace_temp_table('ig_pairs_holding', graph_pairs('ig_combinations_holding', plan)) %}
    {% do replace_temp_table('ig_links_after', graph_links_after()) %}
{% endmacro %}

{#
    Rows of the links of some pairs, as graph_take does. A shared identifier has very many links: they are not all
    read for one pair.
#}
{% macro graph_take_links(taken, pairs) %}
    {% do adapter.dispatch('graph_take_links')(taken, pairs) %}
{% endmacro %}

{% macro default__graph_take_links(taken, pairs) %}
    {% do graph_take(
        taken, 'links', 'identifier_key_a', 'select identifier_key_a from ' ~ pairs,
        condition='(identifier_key_a, identifier_key_b) in (select identifier_key_a, identifier_key_b from ' ~ pairs ~ ')'
    ) %}
{% endmacro %}

{# By the index of one end, once per identifier instead of once per pair. #}
{% macro postgres__graph_take_links(taken, pairs) %}
    {% do graph_take('ig_found_links', 'links', 'identifier_key_a', 'select identifier_key_a from ' ~ pairs) %}
    {% set of_pairs %}
        select found.*
        from ig_found_links as found
        inner join {{ pairs }} as pairs
            on
                found.identifier_key_a = pairs.identifier_key_a
                and found.identifier_key_b = pairs.identifier_key_b
    {% endset %}
    {% do replace_temp_table(taken, of_pairs) %}
{% endmacro %}

{# Pairs that only gained records are added to; pairs that lost one are counted again. #}
{% macro graph_links_after() %}
    with

    kept as (
        {{ graph_pairs_not_reduced('ig_pairs_after') }}
    ),

    lost as (
        {{ graph_pairs_not_reduced('ig_pairs_before') }}
    ),

    known as (
        {{ graph_pairs_not_reduced('ig_links_before') }}
    ),

    recounted as (
        select pairs.*
        from ig_pairs_holding as pairs
        inner join ig_pairs_reduced as reduced
            on
                pairs.identifier_key_a = reduced.identifier_key_a
                and pairs.identifier_key_b = reduced.identifier_key_b
    ),

    evidence as (
        select * from ({{ graph_folded_pairs('select * from kept') }}) as folded
        union all
        select * from ({{ graph_folded_pairs('select * from recounted') }}) as folded
        union all
        select
            identifier_key_a, identifier_key_b,
            -cast(sum(record_count) as bigint), cast(0 as bigint), null, null, null
        from lost
        group by identifier_key_a, identifier_key_b
        union all
        select
            identifier_key_a, identifier_key_b,
            record_count, source_mask, sample_record, first_observed_at, last_observed_at
        from known
    )

    select
        identifier_key_a,
        identifier_key_b,
        cast(sum(record_count) as bigint) as record_count,
        bit_or(source_mask) as source_mask,
        min(sample_record) as sample_record,
        min(first_observed_at) as first_observed_at,
        max(last_observed_at) as last_observed_at
    from evidence
    group by identifier_key_a, identifier_key_b
{% endmacro %}

{# Rows of a table of pairs, without those that are counted again. #}
{% macro graph_pairs_not_reduced(pairs) %}
        select pairs.*
        from {{ pairs }} as pairs
        left join ig_pairs_reduced as reduced
            on
                pairs.identifier_key_a = reduced.identifier_key_a
                and pairs.identifier_key_b = reduced.identifier_key_b
        where reduced.identifier_key_a is null
{% endmacro %}
