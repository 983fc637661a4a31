"""Proposes pairs of records that probably belong to one person but share no identifier.

`cdp match`. docs/matching.md says what it is for.
"""

from cdp.identity.matching.run import MatchingError, MatchingReport, is_switched_on, match

__all__ = ["MatchingError", "MatchingReport", "is_switched_on", "match"]
