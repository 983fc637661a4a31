{# Tables that a run leaves in its session until it drops them. #}
{% macro graph_temporary_tables() %}
    {% do return([
        'ig_observed', 'ig_values', 'ig_known', 'ig_gone', 'ig_new', 'ig_sets_gained', 'ig_sets_reduced',
        'ig_sets_before', 'ig_sets_after', 'ig_learnt', 'ig_named', 'ig_recounted', 'ig_touched',
        'ig_identifiers_before', 'ig_identifiers_counted', 'ig_blocked', 'ig_pairs_before',
        'ig_pairs_after', 'ig_pairs_reduced', 'ig_pairs_holding', 'ig_sets_holding', 'ig_touched_pairs',
        'ig_links_before', 'ig_links_after', 'ig_affected', 'ig_incident', 'ig_ends', 'ig_crowds',
        'ig_identifiers_after', 'ig_guarded', 'ig_links_rewritten', 'ig_edges_new',
        'ig_edges_gone', 'ig_nodes_before', 'ig_nodes_new', 'ig_nodes_gone', 'ig_components',
        'ig_numbered', 'ig_moved', 'ig_cut_regions', 'ig_cut_nodes', 'ig_pieces', 'ig_staged',
        'ig_region_ends', 'ig_bridges', 'ig_causes', 'ig_concerned', 'ig_anchored', 'ig_heirs', 'ig_founders',
        'ig_located', 'ig_survivors', 'ig_regions', 'ig_exclusions', 'ig_exclusion_ends',
        'ig_region_nodes', 'ig_violating', 'ig_placed', 'ig_cut_suspects', 'ig_edges_judged',
        'ig_k_nodes', 'ig_k_links', 'ig_k_clusters', 'ig_k_edges', 'ig_k_counts', 'ig_k_apart',
        'ig_k_open', 'ig_k_joins', 'ig_k_renamed', 'ig_clustered', 'ig_clusters_before',
        'ig_clusters_after', 'ig_members_named', 'ig_members_before', 'ig_claims', 'ig_owned',
        'ig_minted', 'ig_ledger_changes', 'ig_moves', 'ig_logged',
    ]) %}
{% endmacro %}
