"""Salesforce's Bulk API 2.0: an ingest job from its creation to the results of its rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import quote

from pydantic import Field

from cdp.activation.destinations.api import to_json
from cdp.activation.destinations.base import BatchRefusedError, Change, RowResult
from cdp.activation.destinations.http import Answer, document_of, refused_row
from cdp.activation.destinations.messages import as_text
from cdp.activation.destinations.polling import JobOptions, result_of_job
from cdp.environment import variable

# Makes one signed-in request: method, path, body and its content type.
Send = Callable[..., Awaitable[Answer]]

_PASSING = frozenset({"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "REQUEST_LIMIT_EXCEEDED"})
# In a CSV of the Bulk API an empty field is left as it is; this clears it.
_NULL = "#N/A"


class SalesforceOptions(JobOptions):
    """Keys of a Salesforce sync beside the common ones; `object` is the sObject's API name.

    Attributes:
        api_version: Version of the REST API.
    """

    api_version: str = Field("v62.0", pattern=r"^v\d+\.0$")
    client_id_variable: str = variable(
        "CDP_SALESFORCE_CLIENT_ID", "a secret", "Consumer key of a connected app."
    )
    client_secret_variable: str = variable(
        "CDP_SALESFORCE_CLIENT_SECRET", "a secret", "Secret of a connected app."
    )
    url_variable: str = variable("CDP_SALESFORCE_URL", "an address", "Your domain.")


class Job:
    """A bulk ingest job from its creation to the results of its rows."""

    def __init__(self, send: Send, root: str, options: SalesforceOptions) -> None:
        self._send = send
        self._jobs = f"{root}/jobs/ingest"
        self._options = options

    async def run(
        self, changes: Sequence[Change], object_name: str, external_id: str
    ) -> list[RowResult]:
        """Upload the rows, wait until they are processed, and read what became of them."""
        created = await self._send(
            "POST",
            self._jobs,
            to_json(
                {
                    "object": object_name,
                    "externalIdFieldName": external_id,
                    "operation": "upsert",
                    "contentType": "CSV",
                    "lineEnding": "LF",
                }
            ),
        )
        job_id = str(document_of(created, "id")["id"])
        job = f"{self._jobs}/{quote(job_id, safe='')}"
        await self._send("PUT", f"{job}/batches", self._csv(changes), "text/csv")
        await self._send("PATCH", job, to_json({"state": "UploadComplete"}))
        await result_of_job(self._options, self._finished_state, job)
        return await self._results(job, changes, external_id)

    async def _finished_state(self, job: str) -> str | None:
        state = document_of(await self._send("GET", job), "state")["state"]
        if state in ("Failed", "Aborted"):
            raise BatchRefusedError(f"the job ended as {state}")
        return "JobComplete" if state == "JobComplete" else None

    def _csv(self, changes: Sequence[Change]) -> bytes:
        rows = [self._options.fields(change) for change in changes]
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        for row in rows:
            cells = {name: _NULL if row[name] is None else as_text(row[name]) for name in row}
            writer.writerow(cells)
        return text.getvalue().encode()

    async def _results(
        self, job: str, changes: Sequence[Change], external_id: str
    ) -> list[RowResult]:
        by_key: dict[str, RowResult] = {}
        for row in await self._table(f"{job}/successfulResults/"):
            by_key[row[external_id]] = RowResult("accepted", None, row["sf__Id"])
        for row in await self._table(f"{job}/failedResults/"):
            # `CODE:message:fields --`; only the code is free of values, so only it is kept.
            by_key[row[external_id]] = refused_record(row["sf__Error"].partition(":")[0])
        missing = RowResult("retry", "the job left the row unprocessed")
        return [by_key.get(change.key, missing) for change in changes]

    async def _table(self, path: str) -> list[dict[str, str]]:
        answer = await self._send("GET", path)
        return list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))


def refused_record(code: str) -> RowResult:
    """The result of a record that was refused with a code of Salesforce's."""
    return refused_row(503 if code in _PASSING else 400, code)
