"""Proposes pairs of records that are one person although they share no identifier.

`cdp match`. docs/matching.md says what it is for.
"""

from cdp.identity.matching.run import MatchingError, MatchingReport, is_switched_on, match

__all__ = ["MatchingError", "MatchingReport", "is_switched_on", "match"]
