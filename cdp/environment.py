"""Reads settings from the environment: fields with a variable, a meaning and a message each."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

VARIABLE_NAME = r"^[A-Z][A-Z0-9_]*$"


class SettingError(ValueError):
    """A setting that cannot be used; the message names it and says how to mend it."""


def setting(
    name: str, kind: str, meaning: str, default: Any = None, *, shown: str | None = None
) -> Any:
    """A field that is read from the environment.

    Args:
        name: The variable.
        kind: What it may be set to, in words that follow "set it to".
        meaning: For docs/reference.md.
        default: The value where the variable is missing or empty; a function gets the fields above.
        shown: The default in docs/reference.md, where it is not the value itself.
    """
    extra: dict[str, Any] = {
        "kind": kind,
        "shown": f"`{default}`" if default is not None else "none",
    }
    if shown is not None:
        extra["shown"] = shown
    named: dict[str, Any] = {"validation_alias": name, "description": meaning}
    chosen = {"default_factory": default} if callable(default) else {"default": default}
    return Field(**chosen, **named, json_schema_extra=extra)


def variable(name: str, kind: str, meaning: str, *, shown: str = "none") -> Any:
    """An option of a sync that names an environment variable; see `setting`."""
    extra: dict[str, Any] = {"kind": kind, "shown": shown}
    return Field(name, pattern=VARIABLE_NAME, description=meaning, json_schema_extra=extra)


def address_variable(name: str, shown: str = "the vendor's") -> Any:
    """An option that names the variable with the address of a vendor's API."""
    return variable(name, "an address", "Address of the API, for tests and proxies.", shown=shown)


def named_value(name: str) -> str:
    """Value of a variable that an option names; empty where it is not set."""
    return os.environ.get(name, "").strip()


def named_secret(name: str) -> SecretStr | None:
    """Secret in a variable that an option names; None where it is not set."""
    value = os.environ.get(name, "")
    return SecretStr(value) if value.strip() else None


def _boolean(value: object) -> bool:
    # As macro probabilistic_matching reads it; pydantic would take `1` and `yes` too.
    if str(value).lower() not in ("true", "false"):
        raise ValueError
    return str(value).lower() == "true"


def _size(value: object) -> int:
    found = re.fullmatch(r"([0-9]+) ?([KMGT]?)B?", str(value).upper())
    if not found:
        raise ValueError
    factor: int = 1000 ** " KMGT".index(found[2] or " ")
    return int(found[1]) * factor


def _instant(value: object) -> datetime:
    return datetime.fromisoformat(str(value))


def _address(value: str) -> str:
    if urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc:
        raise ValueError
    return value


Absolute = Annotated[Path, AfterValidator(Path.resolve)]
Port = Annotated[int, Field(gt=0, lt=65536)]
Boolean = Annotated[bool, BeforeValidator(_boolean)]
Instant = Annotated[datetime, BeforeValidator(_instant)]
Size = Annotated[int, BeforeValidator(_size)]
Address = Annotated[str, AfterValidator(_address)]


class Part(BaseSettings):
    """A part of the settings."""

    model_config = SettingsConfigDict(
        case_sensitive=True,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=True,
    )

    @classmethod
    def from_environment(cls) -> Self:
        """Read this part, raising `SettingError` for a variable that cannot be used."""
        try:
            return cls()
        except ValidationError as error:
            name = str(error.errors(include_input=False)[0]["loc"][0])
        (field,) = (
            each for each in cls.model_fields.values() if name in (each.validation_alias, "")
        )
        kind = dict(field.json_schema_extra or {})["kind"]  # type: ignore[arg-type]
        is_shown = "SecretStr" not in str(field.annotation) and "://" not in os.environ[name]
        value = f"{os.environ[name]!r}" if is_shown else "of no use"
        raise SettingError(f"{name} is {value}: set it to {kind}.")
