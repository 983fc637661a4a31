"""How the local receiver misbehaves on demand, for tests and for trying a sync out."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, get_args

Fault = Literal[
    "none", "reset", "stall", "half", "swallow", "throttle", "error", "row_errors", "refuse"
]


@dataclass(frozen=True)
class FaultPlan:
    """What goes wrong.

    Attributes:
        script: Faults of the first requests, one each: `reset` breaks the connection before the
            rows are taken; `stall` does so after a long silence; `swallow` takes them and breaks it
            instead of answering; `half` takes them and sends half of the answer; `throttle` is a
            429 with Retry-After; `error` a 500; `row_errors` a 207 in which half of the rows failed
            with 503; `refuse` a 400.
        shares: Probability of each fault for the requests after the script.
        seed: Of the probabilities.
        delay_seconds: Before every answer.
        stall_seconds: The silence of a `stall`.
        retry_after: Seconds that a `throttle` asks for; below 0 leaves the header out.
        rejected_keys: Rows answered with 422 in a 207, always.
        refused_keys: Rows for which the whole batch is answered with 400, always.
        status: Answers every request with this status instead of taking it.
        is_terse: Answers with a bare 200, as many receivers do, instead of a result per row.
    """

    script: Sequence[Fault] = ()
    shares: dict[Fault, float] = field(default_factory=dict)
    seed: int = 0
    delay_seconds: float = 0.0
    stall_seconds: float = 2.0
    retry_after: float = 0.1
    rejected_keys: Sequence[str] = ()
    refused_keys: Sequence[str] = ()
    status: int | None = None
    is_terse: bool = False

    def write(self, file: Path) -> None:
        """Put the plan where a running receiver looks, at once as a whole."""
        unfinished = file.with_suffix(".part")
        unfinished.write_text(json.dumps(asdict(self)), encoding="utf-8")
        unfinished.replace(file)


class Misbehaviour:
    """The faults of a running receiver, read again whenever the file is replaced."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._version: tuple[int, int] | None = None
        self._begin(FaultPlan())

    def _begin(self, plan: FaultPlan) -> None:
        self.plan = plan
        self._script = list(plan.script)
        self._random = random.Random(plan.seed)  # noqa: S311  # repeatable, not secret

    def next_fault(self) -> Fault:
        """The fault of the request that has just come."""
        self._refresh()
        if self._script:
            return self._script.pop(0)
        drawn = self._random.random()
        for fault, share in self.plan.shares.items():
            if drawn < share:
                return fault
            drawn -= share
        return "none"

    def _refresh(self) -> None:
        try:
            status = os.stat(self._file) if self._file else None  # noqa: PTH116
        except FileNotFoundError:
            return
        if status is None or not self._file:
            return
        version = (status.st_ino, status.st_mtime_ns)
        if version != self._version:
            self._version = version
            self._begin(FaultPlan(**json.loads(self._file.read_text(encoding="utf-8"))))


FAULTS: tuple[str, ...] = get_args(Fault)
