"""The effect of other identity rules on profiles, identifiers, audiences and inactive links."""

from __future__ import annotations

from dataclasses import dataclass

# How many entries of each list are kept, the largest first.
MAX_LISTED = 10


@dataclass(frozen=True)
class Cause:
    """The link that joins or joined two profiles.

    Attributes:
        link: Both identifiers as `type:value`, masked if they are personal data.
        reason: For a merge why the link was inactive before, or `new_link`; for a split why it is
            inactive now, or `link_gone`.
        detail: Why one of the two does not link, such as the limit that it exceeds.
        sample_record: Staging model and key of a record that contains both identifiers.
        record_count: Number of records that contain both.
    """

    link: tuple[str, str]
    reason: str
    detail: str | None
    sample_record: str
    record_count: int


@dataclass(frozen=True)
class Merge:
    """A profile that is merged into another, with the number of identifiers that each had."""

    from_profile_id: str
    to_profile_id: str
    from_identifier_count: int
    to_identifier_count: int
    cause: Cause | None


@dataclass(frozen=True)
class Split:
    """Identifiers that leave a profile for another, which `is_new` if it did not exist before."""

    from_profile_id: str
    to_profile_id: str
    is_new: bool
    moved_identifier_count: int
    kept_identifier_count: int
    cause: Cause | None


@dataclass(frozen=True)
class Profile:
    """A profile that appears or vanishes.

    Attributes:
        profile_id: The profile.
        identifier_count: Its identifiers, after if it appears, before if it vanishes.
        other_profile_id: The profile that most of them belonged to before, or belong to now; None
            if they had or have no profile.
    """

    profile_id: str
    identifier_count: int
    other_profile_id: str | None


@dataclass(frozen=True)
class Movement:
    """Identifiers of one type that changed their profile, appeared (came) or disappeared (went)."""

    identifier_type: str
    moved_count: int
    came_count: int
    went_count: int


@dataclass(frozen=True)
class AudienceChange:
    """An audience whose members change. A member who was merged counts as the surviving profile."""

    audience_name: str
    size_before: int
    size_after: int
    entered_count: int
    left_count: int


@dataclass(frozen=True)
class GuardChange:
    """A limit or rule, in words, that affects a different number of links or identifiers."""

    guard: str
    count_before: int
    count_after: int


@dataclass(frozen=True)
class Difference:
    """All that changes; each list holds the `MAX_LISTED` largest, ties ordered by id.

    Attributes:
        profiles_before: Living profiles before.
        profiles_after: Living profiles after.
        changed_profiles: Previous profiles that lose or gain an identifier.
        merge_count: Profiles that redirect to another.
        split_count: Pairs of a profile and another that receives part of it.
        appeared_count: Profiles that did not exist before.
        vanished_count: Profiles that no longer exist.
        merges: The largest, by identifiers of the merged profile.
        splits: The largest, by identifiers that leave.
        appeared: The largest.
        vanished: The largest.
        movements: All types with an identifier that moves, largest number first.
        audience_change_count: Audiences whose members change.
        audiences: Those with the most members who enter or leave.
        guards: All limits and rules that affect a different number than before.
    """

    profiles_before: int
    profiles_after: int
    changed_profiles: int
    merge_count: int
    split_count: int
    appeared_count: int
    vanished_count: int
    merges: tuple[Merge, ...]
    splits: tuple[Split, ...]
    appeared: tuple[Profile, ...]
    vanished: tuple[Profile, ...]
    movements: tuple[Movement, ...]
    audience_change_count: int
    audiences: tuple[AudienceChange, ...]
    guards: tuple[GuardChange, ...]

    @property
    def changed_share(self) -> float:
        """Share of the previous profiles that change, from 0 to 1; 0 if there were none."""
        return self.changed_profiles / self.profiles_before if self.profiles_before else 0.0
