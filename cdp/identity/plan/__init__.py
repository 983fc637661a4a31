"""What other identity rules would change, found on a copy: `make identity-plan`.

The copy holds the graph with its ledger, so profile ids can be compared; the warehouse itself is
only read.
"""
