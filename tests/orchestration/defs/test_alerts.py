"""The alert of a failed run, from the sensor to a receiver that really listens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    DagsterInstance,
    Definitions,
    asset,
    build_run_status_sensor_context,
    define_asset_job,
)

from cdp.activation.destinations.webhook import sign
from cdp.settings import SettingError
from orchestration.defs import alerts as module
from tests.orchestration.defs.conftest import Alerts

SECRET = "a-secret-of-the-tests"
PERSONAL = "mara@example.com"


@asset(check_specs=[AssetCheckSpec("has_consent", asset="payload", blocking=True)])
def payload() -> Iterator[Any]:
    yield AssetCheckResult(check_name="has_consent", passed=False)
    raise ValueError(f"cannot cast {PERSONAL}")


def failed_run(monkeypatch: pytest.MonkeyPatch, alerts: Alerts) -> object:
    monkeypatch.setenv(module.URL_VARIABLE, alerts.url)
    monkeypatch.setenv(module.SECRET_VARIABLE, SECRET)
    monkeypatch.setattr(module, "_FIRST_PAUSE_SECONDS", 0.01)
    definitions = Definitions(assets=[payload], jobs=[define_asset_job("refresh")])
    with DagsterInstance.ephemeral() as instance:
        result = definitions.resolve_job_def("refresh").execute_in_process(
            instance=instance, raise_on_error=False
        )
        assert not result.success
        context = build_run_status_sensor_context(
            sensor_name="run_failures",
            dagster_event=result.get_run_failure_event(),
            dagster_instance=instance,
            dagster_run=result.dagster_run,
        ).for_run_failure()
        module.run_failures(context)
        return result.run_id


def test_a_failed_run_is_told_signed_and_without_any_value(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = failed_run(monkeypatch, alerts)
    ((headers, body),) = alerts.taken
    assert json.loads(body) == {
        "type": "run.failed",
        "run_id": run_id,
        "job": "refresh",
        "steps": [{"step": "payload", "error": "ValueError"}],
        "failed_checks": ["payload: has_consent"],
    }
    assert PERSONAL.encode() not in body
    expected = sign(SECRET.encode(), headers["Webhook-Id"], int(headers["Webhook-Timestamp"]), body)
    assert headers["Webhook-Signature"] == expected


def test_a_receiver_that_does_not_answer_is_asked_again(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerts.answers = [503, 500]
    failed_run(monkeypatch, alerts)
    assert len(alerts.taken) == 3
    assert len({headers["Webhook-Id"] for headers, _ in alerts.taken}) == 1


def test_a_receiver_that_never_takes_it_is_an_error(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerts.answers = [503] * 9
    with pytest.raises(module.AlertError, match="it answered 503"):
        failed_run(monkeypatch, alerts)


def test_an_alert_without_a_secret_names_the_setting(
    alerts: Alerts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(module.URL_VARIABLE, alerts.url)
    monkeypatch.delenv(module.SECRET_VARIABLE, raising=False)
    with pytest.raises(SettingError, match=module.SECRET_VARIABLE):
        module.send({}, "1")
    assert alerts.taken == []
