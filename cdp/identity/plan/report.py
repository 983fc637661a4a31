"""A plan as Markdown for a pull request, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from cdp.identity.plan.difference import MAX_LISTED, Cause, Difference, Profile

# Version of the JSON format; raise it when a key is removed or changes its meaning.
FORMAT_VERSION = 1
_ID_LENGTH = 12


@dataclass(frozen=True)
class Plan:
    """The comparison and its result.

    Attributes:
        base: What the changed rules are compared with, in words.
        target: The engine.
        difference: What changes.
        limit_percent: Share of changed profiles, in percent, above which the plan fails, or None.
    """

    base: str
    target: str
    difference: Difference
    limit_percent: float | None

    @property
    def exceeds_limit(self) -> bool:
        """Whether more profiles change than the limit allows."""
        return (
            self.limit_percent is not None
            and self.difference.changed_share * 100 > self.limit_percent
        )


def as_json(plan: Plan) -> str:
    """The plan as one JSON object: `Difference` with full ids, and what was compared."""
    return json.dumps(
        {
            "format_version": FORMAT_VERSION,
            "base": plan.base,
            "target": plan.target,
            "limit_percent": plan.limit_percent,
            "exceeds_limit": plan.exceeds_limit,
            "changed_share": round(plan.difference.changed_share, 6),
            **asdict(plan.difference),
        },
        indent=2,
    )


def as_markdown(plan: Plan) -> str:
    """The plan as Markdown, ids shortened."""
    found = plan.difference
    lines = ["## Identity plan", "", f"The rules of the working tree, compared with {plan.base}."]
    if not (found.movements or found.audience_change_count or found.guards):
        lines += ["", "Nothing changes."]
        return "\n".join([*lines, *_verdict(plan)]) + "\n"
    lines += [
        "",
        *_table(
            ("", "Before", "After"),
            [
                ("Profiles", f"{found.profiles_before:,}", f"{found.profiles_after:,}"),
                *(
                    (_words(e.guard).capitalize(), f"{e.count_before:,}", f"{e.count_after:,}")
                    for e in found.guards
                ),
            ],
        ),
        "",
        f"Profiles that change: {found.changed_profiles:,} ({found.changed_share:.2%}). "
        f"Merges: {found.merge_count:,}. Splits: {found.split_count:,}. "
        f"Profiles that appear: {found.appeared_count:,}, that vanish: {found.vanished_count:,}.",
        *_verdict(plan),
        *_section(
            "Merges",
            found.merge_count,
            ("Profile", "Identifiers", "goes into", "Identifiers", "because of"),
            [
                (
                    _short(e.from_profile_id),
                    f"{e.from_identifier_count:,}",
                    _short(e.to_profile_id),
                    f"{e.to_identifier_count:,}",
                    _cause(e.cause),
                )
                for e in found.merges
            ],
        ),
        *_section(
            "Splits",
            found.split_count,
            ("Profile", "keeps", "loses", "to", "because of"),
            [
                (
                    _short(e.from_profile_id),
                    f"{e.kept_identifier_count:,}",
                    f"{e.moved_identifier_count:,}",
                    _short(e.to_profile_id) + (" (new)" if e.is_new else ""),
                    _cause(e.cause),
                )
                for e in found.splits
            ],
        ),
        *_section(
            "Profiles that appear",
            found.appeared_count,
            ("Profile", "Identifiers", "most of them from"),
            _profiles(found.appeared),
        ),
        *_section(
            "Profiles that vanish",
            found.vanished_count,
            ("Profile", "Identifiers", "most of them to"),
            _profiles(found.vanished),
        ),
        *_section(
            "Identifiers that move",
            len(found.movements),
            ("Type", "to another profile", "come", "go"),
            [
                (e.identifier_type, f"{e.moved_count:,}", f"{e.came_count:,}", f"{e.went_count:,}")
                for e in found.movements
            ],
        ),
        *_section(
            "Audiences",
            found.audience_change_count,
            ("Audience", "Before", "After", "enter", "leave"),
            [
                (
                    e.audience_name,
                    f"{e.size_before:,}",
                    f"{e.size_after:,}",
                    f"{e.entered_count:,}",
                    f"{e.left_count:,}",
                )
                for e in found.audiences
            ],
        ),
    ]
    return "\n".join(lines) + "\n"


def _verdict(plan: Plan) -> list[str]:
    if plan.limit_percent is None:
        return []
    relation = "more than" if plan.exceeds_limit else "within"
    return ["", f"**That is {relation} the limit of {plan.limit_percent:g}% of profiles.**"]


def _section(
    title: str, count: int, header: Sequence[str], rows: Sequence[Sequence[str]]
) -> list[str]:
    if not rows:
        return []
    shown = f"the largest {MAX_LISTED} of {count:,}" if count > len(rows) else f"{count:,}"
    return ["", f"### {title}: {shown}", "", *_table(header, rows)]


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [header, ["---"] * len(header), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def _profiles(profiles: Iterable[Profile]) -> list[tuple[str, str, str]]:
    return [
        (_short(e.profile_id), f"{e.identifier_count:,}", _short(e.other_profile_id))
        for e in profiles
    ]


def _cause(cause: Cause | None) -> str:
    if cause is None:
        return "several links together"
    ends = " and ".join(f"`{end}`" for end in cause.link)
    reason = _words(cause.reason) + (f": {cause.detail}" if cause.detail else "")
    records = "1 record" if cause.record_count == 1 else f"{cause.record_count:,} records"
    return f"{ends} ({reason}; {records}, such as {cause.sample_record})"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _short(profile_id: str | None) -> str:
    return "no profile" if profile_id is None else f"`{profile_id[:_ID_LENGTH]}`"
