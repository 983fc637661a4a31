"""Shows what changed identity rules would do, on a copy of the warehouse: `make identity-plan`.

The copy contains the graph with its id registry, so profile ids can be compared. The warehouse
itself is only read.
"""
