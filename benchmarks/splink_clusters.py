"""Clusters the edges of a DuckDB file with Splink for `benchmarks.identity`; prints the seconds.

python benchmarks/splink_clusters.py FILE
"""

import logging
import sys
import time

import duckdb
from splink import DuckDBAPI
from splink.clustering import cluster_pairwise_predictions_at_threshold

logging.getLogger("splink").setLevel(logging.ERROR)
with duckdb.connect(sys.argv[1]) as warehouse:
    warehouse.execute("use cdp")
    started = time.perf_counter()
    nodes_query = "select node_a as node_id from edges union select node_b from edges"
    warehouse.execute(f"create or replace table splink_nodes as {nodes_query}")
    api = DuckDBAPI(connection=warehouse)
    clusters = cluster_pairwise_predictions_at_threshold(
        api.register(warehouse.table("splink_nodes")),
        api.register(warehouse.table("edges")),
        db_api=api,
        node_id_column_name="node_id",
        edge_id_column_name_left="node_a",
        edge_id_column_name_right="node_b",
    )
    labels = f"select * from {clusters.physical_name}"
    warehouse.execute(f"create or replace table splink_labels as {labels}")
    print(time.perf_counter() - started)
