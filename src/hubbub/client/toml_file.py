"""A TOML file that a program changes and people edit: read it, change values in it, and leave the rest alone.

Owns reading, the lock, and writing so that the file is never half there. Knows no keys. Called by settings.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

KeyPath = tuple[str, ...]
"""Where a value stands: ("theme",) or ("servers", "home", "host")."""


class SettingsError(Exception):
    """The file can't be used or written; `problems` has every mistake, each with its file and key."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def load(path: Path) -> dict[str, Any]:
    """What the file holds; nothing if it isn't there. Raises SettingsError."""
    return _parsed(path, _read(path))


def change(path: Path, changes: Mapping[KeyPath, object], gone: Iterable[KeyPath] = ()) -> None:
    """Put values (None: take one out) into what is on disk by now, and remove tables. Raises SettingsError.

    A file that isn't valid TOML is left as it is.
    """
    # The file may be a link into a folder where somebody keeps all their settings.
    target = Path(os.path.realpath(path))
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(target.parent):
            before = _read(target)
            _parsed(target, before)
            after = _edited(path, before, changes, gone)
            _parsed(target, after)
            _replace(target, after)
    except OSError as error:
        raise SettingsError([f"{path}: can't be written: {error.strerror or error}"]) from None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SettingsError([f"{path}: can't be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise SettingsError([f"{path}: isn't UTF-8 text"]) from None


def _parsed(path: Path, text: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError([f"{path}: isn't valid TOML: {error}"]) from None


def _edited(file: Path, text: str, changes: Mapping[KeyPath, object], gone: Iterable[KeyPath]) -> str:
    # Slow to import, and most runs change nothing.
    import tomlkit

    document = tomlkit.parse(text)
    for path in gone:
        _remove(document, path)
    for path, value in changes.items():
        if value is None:
            _remove(document, path)
        else:
            _put(file, document, path, value)
    return tomlkit.dumps(document)


def _put(file: Path, document: TOMLDocument, path: KeyPath, value: object) -> None:
    import tomlkit

    table: Any = document
    for depth, name in enumerate(path[:-1]):
        if name not in table:
            # [servers.home] needs no [servers] above it.
            table[name] = tomlkit.table(is_super_table=depth < len(path) - 2)
        table = table[name]
        if not isinstance(table, Mapping):
            raise SettingsError([f"{file}: {name}: must be a table, so {'.'.join(path)} was not written"])
    table[path[-1]] = value


def _remove(document: TOMLDocument, path: KeyPath) -> None:
    table: Any = document
    for name in path[:-1]:
        table = table.get(name)
        if not isinstance(table, Mapping):
            return
    if path[-1] in table:
        del table[path[-1]]


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One client at a time reads the file, changes it and puts it back. Where there are no locks, none is taken."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        # Some network file systems have none.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _replace(path: Path, text: str) -> None:
    """The file is the old one or the new one, whenever the power fails."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            # Names from the command line may hold what isn't Unicode.
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
