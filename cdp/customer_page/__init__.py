"""A page about one customer: `make customer`.

Finds a person by any identifier and shows what is known of them and why. It reads the warehouse and
never writes to it. What a role may not see is masked where rows are read (`masking`), so that
neither a template nor a browser ever gets it; every look-up is recorded before it is answered
(`audit`).
"""
