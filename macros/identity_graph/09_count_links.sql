{#
    Counts the links of changed combinations. Leaves ig_links_before and ig_links_after. New records are added to the
    counts; pairs that lost a record, ig_pairs_reduced, are counted again from all combinations with both
    identifiers. A blocked identifier has no links, except by an override.
#}
{% macro graph_count_links(plan) %}
    {% do replace_temp_table('ig_blocked',
        'select identifier_key from ig_identifiers_counted where blocking_priority is not null'
    ) %}
    {% do replace_temp_table('ig_pairs_gained', graph_pairs('ig_combinations_gained', plan)) %}
    {% call graph_temp_table('ig_pairs_reduced') %}
        select distinct identifier_key_a, identifier_key_b
        from ({{ graph_pairs('ig_combinations_before', plan) }}) as pairs
        where combination_key in (select combination_key from ig_combinations_reduced)
    {% endcall %}
    {% do replace_temp_table('ig_touched_pairs',
        'select identifier_key_a, identifier_key_b from ig_pairs_gained'
        ~ ' union select identifier_key_a, identifier_key_b from ig_pairs_reduced'
    ) %}
    {% do graph_take_links('ig_links_before', 'ig_touched_pairs') %}
    {% set is_reduced = '(pairs.identifier_key_a, pairs.identifier_key_b) in (select identifier_key_a, identifier_key_b from ig_pairs_reduced)' %}
    {% set held %}
        select pairs.* from ({{ graph_pairs('ig_combinations_holding', plan) }}) as pairs where {{ is_reduced }}
    {% endset %}
    {% call graph_temp_table('ig_links_after') %}
        select
            identifier_key_a,
            identifier_key_b,
            cast(sum(record_count) as bigint) as record_count,
            bit_or(source_mask) as source_mask,
            min(sample_record) as sample_record,
            min(first_observed_at) as first_observed_at,
            max(last_observed_at) as last_observed_at
        from (
            select * from ({{ graph_folded_pairs('select pairs.* from ig_pairs_gained as pairs where not ' ~ is_reduced) }}) as gained
            union all
            select * from ({{ graph_folded_pairs(held) }}) as recounted
            union all
            select
                identifier_key_a, identifier_key_b,
                record_count, source_mask, sample_record, first_observed_at, last_observed_at
            from ig_links_before as pairs
            where not {{ is_reduced }}
        ) as evidence
        group by identifier_key_a, identifier_key_b
    {% endcall %}
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
