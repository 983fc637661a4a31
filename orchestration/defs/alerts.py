"""Tells a webhook that a run failed, and nothing that could be about a person.

It is signed with `CDP_ALERT_SECRET` as Standard Webhooks has it. The message names run, job, failed
steps and failed checks, and the class of each error without its text, which may hold values of the
data.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from dagster import (
    DagsterEventType,
    DefaultSensorStatus,
    Definitions,
    RunFailureSensorContext,
    SkipReason,
    run_failure_sensor,
)
from tenacity import RetryError, Retrying, retry_if_result, stop_after_attempt, wait_exponential

from cdp.activation.destinations.webhook import secret_bytes, sign
from cdp.settings import Runs, SettingError

URL_VARIABLE = "CDP_ALERT_URL"
SECRET_VARIABLE = "CDP_ALERT_SECRET"  # noqa: S105  # the variable's name
_ATTEMPTS = 4
_FIRST_PAUSE_SECONDS = 1.0
_TIMEOUT_SECONDS = 10.0


class AlertError(RuntimeError):
    """The receiver of alerts took none; the message says what it answered."""


def alert(context: RunFailureSensorContext) -> dict[str, Any]:
    """What is told of a failed run."""
    run = context.dagster_run
    checks = context.instance.all_logs(run.run_id, of_type=DagsterEventType.ASSET_CHECK_EVALUATION)
    evaluations = [
        entry.dagster_event.asset_check_evaluation_data for entry in checks if entry.dagster_event
    ]
    return {
        "type": "run.failed",
        "run_id": run.run_id,
        "job": run.job_name,
        "steps": [
            {"step": event.step_key, "error": _kind(event.event_specific_data)}
            for event in context.get_step_failure_events()
        ],
        "failed_checks": sorted(
            f"{each.asset_key.path[-1]}: {each.check_name}"
            for each in evaluations
            if not each.passed and each.severity.value == "ERROR"
        ),
    }


def _kind(failure: Any) -> str:
    """Class of the innermost error, whose text may repeat what is in a row."""
    error = getattr(failure, "error", None)
    while error is not None and error.cause is not None:
        error = error.cause
    return str(error.cls_name) if error is not None and error.cls_name else "unknown"


def send(message: Mapping[str, Any], message_id: str) -> None:
    """Post a signed message, again where the receiver does not answer or asks to wait.

    Args:
        message: What to say, as JSON.
        message_id: By which the receiver knows a repeated message.

    Raises `SettingError` for an address or secret that is missing or wrong, and `AlertError`.
    """
    runs = Runs.from_environment()
    if runs.alert_url is None:
        raise SettingError(f"{URL_VARIABLE} is not set: set it to https://HOST/PATH.")
    if runs.alert_secret is None:
        raise SettingError(f"{SECRET_VARIABLE} is not set: alerts are signed with it.")
    try:
        key = secret_bytes(runs.alert_secret.get_secret_value())
    except ValueError as error:
        raise SettingError(f"{SECRET_VARIABLE}: {error}.") from None
    attempts = Retrying(
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_exponential(multiplier=_FIRST_PAUSE_SECONDS),
        retry=retry_if_result(bool),
    )
    try:
        attempts(_post, runs.alert_url, key, message_id, json.dumps(message).encode())
    except RetryError as error:
        problem = error.last_attempt.result()
        raise AlertError(f"The receiver of {URL_VARIABLE} took no alert: {problem}.") from None


def _post(url: str, key: bytes, message_id: str, body: bytes) -> str:
    """Post once; returns what was wrong."""
    timestamp = int(time.time())
    request = urllib.request.Request(  # noqa: S310  # http(s) only, checked above
        url,
        data=body,
        headers={
            "Content-Type": "application/json",
            "Webhook-Id": message_id,
            "Webhook-Timestamp": str(timestamp),
            "Webhook-Signature": sign(key, message_id, timestamp, body),
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS):  # noqa: S310
            return ""
    except urllib.error.HTTPError as error:
        return f"it answered {error.code}"
    except (urllib.error.URLError, OSError) as error:
        return f"it did not answer ({type(error).__name__})"


@run_failure_sensor(
    name="run_failures",
    default_status=DefaultSensorStatus.STOPPED,
    description=f"Tells the webhook of {URL_VARIABLE} that a run failed, without any row's values.",
)
def run_failures(context: RunFailureSensorContext) -> SkipReason | None:
    """Send one alert for a failed run."""
    if Runs.from_environment().alert_url is None:
        return SkipReason(f"{URL_VARIABLE} is not set: nobody is told.")
    send(alert(context), context.dagster_run.run_id)
    return None


defs = Definitions(sensors=[run_failures])
