"""Klaviyo's import jobs, profiles and list members, with bodies checked against its description."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, cast

from tests.cdp.activation.emulators.emulator import (
    Call,
    Emulator,
    Refused,
    Reply,
    strict,
)

CONTRACT = Path(__file__).parent.parent / "contracts" / "klaviyo.json"
KEY = "pk_not_to_be_seen"
LIST_ID = "Y6nRLr"
REVISION = "2026-07-15"
CONTENT_TYPE = "application/vnd.api+json"
# DESTINATIONS.md: 10,000 profiles, 5 MB a request, 100 KB a profile; 1,000 members a list call.
MAX_BATCH = 10_000
MAX_BODY = 5_000_000
MAX_PROFILE = 100_000
MAX_REMOVAL = 1_000
MAX_PAGE = 100
JOBS = "/api/profile-bulk-import-jobs"
MERGE = "/api/profile-merge"
MEMBERS = f"/api/lists/{LIST_ID}/relationships/profiles"


@cache
def contract() -> dict[str, Any]:
    """Klaviyo's description of the operations in use."""
    return cast("dict[str, Any]", json.loads(CONTRACT.read_text(encoding="utf-8")))


@cache
def body_schema(path: str, method: str) -> dict[str, Any]:
    """JSON schema of an operation's body in which unknown fields are errors."""
    operation = contract()["paths"][path][method]
    return _closed(operation["requestBody"]["content"][CONTENT_TYPE]["schema"])


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        schema = {**contract()["components"]["schemas"][name], **schema}
    closed = {key: schema[key] for key in ("type", "enum", "required") if key in schema}
    if "properties" in schema:
        closed["properties"] = {n: _closed(part) for n, part in schema["properties"].items()}
        closed["additionalProperties"] = False
    if "items" in schema:
        closed["items"] = _closed(schema["items"])
    if "oneOf" in schema:
        closed["anyOf"] = [_closed(part) for part in schema["oneOf"]]
    return {"anyOf": [closed, {"type": "null"}]} if schema.get("nullable") else closed


class KlaviyoEmulator(Emulator):
    """Holds profiles by external id, and who of them is in the list.

    Attributes:
        looks: How often a job is looked at before it is done.
        ends_as: The state in which jobs end.
        names_errors: Whether failed rows are told one by one.
        members: External ids in the list.
    """

    # DESTINATIONS.md: 150 a minute.
    rate = (150, 60.0)
    largest_body = MAX_BODY

    def __init__(self) -> None:
        super().__init__()
        # Tests send as fast as they can; the rate has a test of its own.
        self.clock = iter(range(10**9)).__next__
        self.looks = 1
        self.ends_as = "complete"
        self.names_errors = True
        self.members: set[str] = set()
        self._profiles: dict[str, dict[str, Any]] = {}
        self._jobs: list[dict[str, Any]] = []

    def is_signed_in(self, call: Call) -> bool:
        return call.headers.get("Authorization") == f"Klaviyo-API-Key {KEY}"

    def answer(self, call: Call) -> Reply:
        if call.headers.get("revision") != REVISION:
            raise Refused(400, "invalid_revision")
        if call.body and call.headers.get("Content-Type") != CONTENT_TYPE:
            raise Refused(415, "unsupported_media_type")
        if (call.method, call.path) == ("GET", "/api/profiles"):
            return self._find(call)
        found = re.fullmatch(rf"{JOBS}/(\d+)/import-errors", call.path)
        if call.method == "GET" and found:
            return self._errors(int(found[1]), dict(call.query))
        if call.query:
            raise Refused(400, "invalid")
        return self._answer_without_query(call)

    def _answer_without_query(self, call: Call) -> Reply:
        if (call.method, call.path) == ("POST", JOBS):
            strict(call.document, body_schema(JOBS, "post"))
            return self._create(call.document["data"])
        if (call.method, call.path) == ("DELETE", MEMBERS):
            path = "/api/lists/{id}/relationships/profiles"
            strict(call.document, body_schema(path, "delete"))
            return self._remove([entry["id"] for entry in call.document["data"]])
        if (call.method, call.path) == ("POST", MERGE):
            strict(call.document, body_schema(MERGE, "post"))
            data = call.document["data"]
            sources = data["relationships"]["profiles"]["data"]
            return self._merge(data["id"], [source["id"] for source in sources])
        found = re.fullmatch(rf"{JOBS}/(\d+)", call.path)
        if call.method == "GET" and found:
            return self._look(int(found[1]))
        raise Refused(404, "not_found")

    def _create(self, data: Any) -> Reply:
        profiles = data["attributes"]["profiles"]["data"]
        if not 0 < len(profiles) <= MAX_BATCH:
            raise Refused(400, "invalid")
        if any(_size(profile) > MAX_PROFILE for profile in profiles):
            raise Refused(400, "too_large")
        if not all(profile["attributes"].get("external_id") for profile in profiles):
            raise Refused(400, "missing_identifier")
        lists = [entry["id"] for entry in _lists(data)]
        if lists not in ([], [LIST_ID]):
            raise Refused(404, "not_found")
        self._jobs.append({"profiles": profiles, "lists": lists, "looks": 0, "failed": []})
        return Reply(202, {"data": self._described(len(self._jobs) - 1, "queued")})

    def _described(self, number: int, status: str) -> dict[str, Any]:
        job = self._jobs[number]
        counts = {"total_count": len(job["profiles"]), "failed_count": len(job["failed"])}
        attributes = {"status": status, "created_at": "2026-11-15T12:00:00+00:00", **counts}
        return {"type": "profile-bulk-import-job", "id": str(number), "attributes": attributes}

    def _look(self, number: int) -> Reply:
        if number >= len(self._jobs):
            raise Refused(404, "not_found")
        job = self._jobs[number]
        job["looks"] += 1
        if job["looks"] <= self.looks:
            return Reply(200, {"data": self._described(number, "processing")})
        if job["looks"] == self.looks + 1 and self.ends_as == "complete":
            for at, profile in enumerate(job["profiles"]):
                self._take(job, at, profile)
        return Reply(200, {"data": self._described(number, self.ends_as)})

    def _take(self, job: dict[str, Any], at: int, profile: dict[str, Any]) -> None:
        external_id = profile["attributes"]["external_id"]
        if external_id in self.refused:
            job["failed"].append(at)
            return
        attributes = dict(profile["attributes"])
        held = self._profiles.setdefault(external_id, {"properties": {}, "location": {}})
        for name in ("properties", "location"):
            held[name].update(attributes.pop(name, {}))
        held.update(attributes)
        for name in profile.get("meta", {}).get("patch_properties", {}).get("unset", []):
            held["properties"].pop(name, None)
        if job["lists"]:
            self.members.add(external_id)

    def _errors(self, number: int, query: dict[str, str]) -> Reply:
        # Two a page, so that more than one page is read.
        first = int(query.pop("page[cursor]", "0"))
        if query != {"page[size]": "100"}:
            raise Refused(400, "invalid")
        job = self._jobs[number]
        named = job["failed"] if self.names_errors else []
        errors = [
            {
                "type": "import-error",
                "id": str(at),
                "attributes": {
                    "code": "invalid",
                    "title": f"not valid: {job['profiles'][at]}",
                    "source": {"pointer": f"/data/attributes/profiles/data/{at}/attributes/email"},
                    "original_payload": job["profiles"][at],
                },
            }
            for at in named[first : first + 2]
        ]
        following = None
        if first + 2 < len(named):
            cursor = f"page%5Bsize%5D=100&page%5Bcursor%5D={first + 2}"
            following = f"https://a.klaviyo.com{JOBS}/{number}/import-errors?{cursor}"
        return Reply(200, {"data": errors, "links": {"next": following}})

    def _find(self, call: Call) -> Reply:
        query = dict(call.query)
        found = re.fullmatch(r"any\((external_id|email),(\[.*\])\)", query.pop("filter", ""))
        if found is None or query != {"fields[profile]": found[1], "page[size]": "100"}:
            raise Refused(400, "invalid")
        name, wanted = found[1], json.loads(found[2])
        if name == "email":
            wanted = [address.lower() for address in wanted]
        if not 0 < len(wanted) <= MAX_PAGE:
            raise Refused(400, "invalid")
        profiles = [
            {"type": "profile", "id": f"01-{key}", "attributes": {name: profile[name]}}
            for key, profile in self._profiles.items()
            if profile.get(name) in wanted
        ]
        return Reply(200, {"data": profiles, "links": {"next": None}})

    def _remove(self, ids: list[str]) -> Reply:
        if not 0 < len(ids) <= MAX_REMOVAL or not all(i.startswith("01-") for i in ids):
            raise Refused(400, "invalid")
        self.members -= {profile_id.removeprefix("01-") for profile_id in ids}
        return Reply(204)

    def _merge(self, destination: str, sources: list[str]) -> Reply:
        keys = [profile_id.removeprefix("01-") for profile_id in (destination, *sources)]
        # The description: "This endpoint accepts only one source profile."
        if len(keys) != 2 or keys[0] == keys[1] or not all(key in self._profiles for key in keys):
            raise Refused(400, "invalid")
        kept, source = keys
        for name, value in self._profiles.pop(source).items():
            self._profiles[kept].setdefault(name, value)
        if source in self.members:
            self.members = self.members - {source} | {kept}
        links = {"self": f"https://a.klaviyo.com/api/profiles/{destination}"}
        return Reply(201, {"data": {"type": "profile", "id": destination, "links": links}})

    def refusal(self, status: int, code: str, text: str) -> Any:
        return {"errors": [{"status": status, "code": code, "detail": text}]}

    def profiles(self) -> dict[str, dict[str, Any]]:
        """All profiles, those outside the list too."""
        return self._profiles

    def held(self) -> dict[str, dict[str, Any]]:
        return {key: dict(self._profiles[key]) for key in sorted(self.members)}


def _lists(data: Any) -> list[dict[str, Any]]:
    return cast(
        "list[dict[str, Any]]", data.get("relationships", {}).get("lists", {}).get("data", [])
    )


def _size(profile: Any) -> int:
    return len(json.dumps(profile, ensure_ascii=False, separators=(",", ":")).encode())
