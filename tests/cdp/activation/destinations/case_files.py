"""Files under the contract suite."""

from __future__ import annotations

from tests.cdp.activation.destinations.case_webhook import row
from tests.cdp.activation.destinations.contract import Case
from tests.cdp.activation.emulators.local import Folder

CASE = Case(
    destination="files",
    emulator=Folder,
    environment=lambda folder: {"CDP_FILES_URL": str(folder.path)},  # type: ignore[attr-defined]
    secrets=["CDP_FILES_URL"],
    meta={"object": "members", "key": "profile_key", "format": "jsonl"},
    columns={"profile_key": "text", "email": "text", "firstname": "text", "visits": "bigint"},
    row=row,
    rejection=None,
    is_http=False,
    unknown_updates="made",
    mistakes=[
        ({"format": "xlsx"}, "format"),
        ({"url_variable": "lower"}, "url_variable"),
        ({"max_in_flight": 2}, "allows at most 1"),
    ],
)
