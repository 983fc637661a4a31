"""What docs/destinations says of each destination is so: its options, modes, and its sample."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdp.activation.destinations import BUILT_IN, find_destination
from cdp.dbt.manifest import load_sync_specs
from cdp.settings import PROJECT_DIR
from tests.cdp.activation.activation_world import manifest_of

DOCS = PROJECT_DIR / "docs" / "destinations"
each_destination = pytest.mark.parametrize("name", sorted(BUILT_IN))


def text_of(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def sample_of(name: str) -> dict[str, Any]:
    """The sample exposure."""
    (block,) = [
        block
        for block in re.findall(r"```yaml\n(.*?)```", text_of(name), re.DOTALL)
        if "exposures:" in block
    ]
    (exposure,) = yaml.safe_load(block)["exposures"]
    return dict(exposure)


@each_destination
def test_the_sample_is_a_sync_that_the_manifests_reader_takes(name: str, tmp_path: Path) -> None:
    exposure = sample_of(name)
    sync = exposure["config"]["meta"]["sync"]
    columns = {"profile_id": "text", sync["key"]: "text"}
    named = ("email", "phone", "recipient", "title", "body")
    defaults = {
        key: field.default for key, field in find_destination(name).options.model_fields.items()
    }
    for option, value in (defaults | sync).items():
        if not isinstance(value, str):
            continue
        if option in named or option.endswith("_column"):
            columns[value] = "text"
    columns |= dict.fromkeys(sync.get("data", []), "text")
    if "expires_at" in sync:
        columns[sync["expires_at"]] = "timestamp"
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps(manifest_of(exposure["name"], sync, columns)))
    (spec,) = load_sync_specs(file, tmp_path)
    assert spec.destination == name
    assert exposure["depends_on"] == [f"ref('{exposure['name']}')"]
    assert exposure["name"].startswith(f"sync_{name}__")


@each_destination
def test_every_option_and_mode_is_described(name: str) -> None:
    destination, text = find_destination(name), text_of(name)
    described = {*destination.options.model_fields, *destination.modes}
    assert [word for word in sorted(described) if f"`{word}`" not in text] == []
