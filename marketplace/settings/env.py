"""The one place that reads the environment: typed, with errors that name the variable and the remedy."""

from __future__ import annotations

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path


class SettingError(Exception):
    """A variable is missing or cannot be read as its type."""


def text(name: str, default: str | None = None) -> str:
    """Value of variable `name`; without a default it must be set and not empty."""
    value = os.environ.get(name, "")
    if value:
        return value
    if default is None:
        raise SettingError(f"Set the environment variable {name} (see .env.example).")
    return default


def integer(name: str, default: int) -> int:
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise SettingError(f"{name} must be a whole number, not {value!r}.") from None


def boolean(name: str, *, default: bool) -> bool:
    value = text(name, str(default)).lower()
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise SettingError(f"{name} must be yes or no, not {value!r}.")


def choice(name: str, default: str, among: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in among:
        raise SettingError(f"{name} must be {', '.join(among[:-1])} or {among[-1]}, not {value!r}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas; blanks around items do not count."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def integers(name: str, default: str = "") -> list[int]:
    """Whole numbers separated by commas."""
    try:
        return [int(item) for item in words(name, default)]
    except ValueError:
        raise SettingError(f"{name} must be whole numbers separated by commas.") from None


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Addresses and networks (10.0.0.0/8) separated by commas."""
    try:
        return [ip_network(item) for item in words(name)]
    except ValueError as error:
        raise SettingError(f"{name} must be addresses or networks such as 10.0.0.0/8: {error}.") from None


def path(name: str, default: Path) -> Path:
    return Path(text(name, str(default))).expanduser().resolve()
