"""Where the settings file and the data are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hubbub.config.settings import Settings


def find_file(flag: str | None, environ: Mapping[str, str]) -> Path | None:
    """The settings file: the flag's, else HUBBUB_CONFIG's, else the platform's if it is there."""
    named = flag or environ.get("HUBBUB_CONFIG")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_config_path

    usual = user_config_path("hubbub", appauthor=False) / "config.toml"
    return usual if usual.is_file() else None


def data_folder(settings: Settings) -> Path:
    if settings.data:
        return Path(settings.data)
    from platformdirs import user_data_path

    return user_data_path("hubbub", appauthor=False)
