"""The command line of the syncs."""

from __future__ import annotations

import json

import pytest

from cdp.activation.faults import FaultPlan
from tests.cdp.activation.activation_world import World, rows
from tests.command import cdp


def command(world: World, *arguments: str, **meta: object) -> int:
    manifest = world.write_manifest(**meta)
    return cdp("sync", "--manifest", str(manifest), "--project-dir", str(world.folder), *arguments)


@pytest.mark.parametrize("settings", ["duckdb"], indirect=True)
def test_plan_apply_and_retry(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.put(rows(3))
    assert command(world, "plan", world.name) == 0
    assert f"{world.name}: 3 insert, 0 update, 0 delete" in capsys.readouterr().out
    assert world.received() == {}
    world.receiver.misbehave(FaultPlan(rejected_keys=["p00001"]))
    assert command(world, "apply") == 0
    assert (
        "2 inserted, 0 updated, 0 deleted, 0 merged, 0 skipped, 1 rejected"
        in capsys.readouterr().out
    )
    world.receiver.misbehave(FaultPlan())
    assert command(world, "retry", world.name) == 0
    output = capsys.readouterr().out
    assert "1 rejected rows made due" in output
    assert "1 inserted" in output
    assert len(world.received()) == 3


@pytest.mark.parametrize("settings", ["duckdb"], indirect=True)
def test_mistakes_are_told_without_a_traceback(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.put(rows(3))
    assert command(world, "apply", "membres") == 1
    assert f"there is no sync 'membres' in the manifest: it has {world.name}" in (
        capsys.readouterr().err
    )
    assert command(world, "plan", batchsize=5) == 1
    assert "did you mean 'batch_size'?" in capsys.readouterr().err
    world.receiver.misbehave(FaultPlan(status=401))
    assert command(world, "apply") == 1
    assert "error: sync" in capsys.readouterr().err


@pytest.mark.parametrize("settings", ["duckdb"], indirect=True)
def test_approval_lets_a_guarded_run_through(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.put(rows(4))
    command(world, "apply")
    world.put(rows(1))
    assert command(world, "apply", max_delete_share=0.5) == 1
    assert f"make sync SYNC={world.name} APPROVE=1" in capsys.readouterr().err
    assert command(world, "apply", "--approve", max_delete_share=0.5) == 0
    assert json.loads(json.dumps(list(world.received()))) == ["p00000"]
