"""A page about one customer: `make customer`.

Finds a person by any identifier and shows what is known and why. It reads the warehouse and never
writes to it. What a role may not see is masked when rows are read (`masking`), before any template
gets it; every look-up is recorded before it is shown (`audit`).
"""
