"""The four sources merged: a flag beats a HUBBUB_* variable, which beats the file, which beats the default.

All mistakes are reported together.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import fields

from hubbub.config.checks import checked, meant
from hubbub.config.keys import extra_of, keys_of
from hubbub.config.sections import Listen
from hubbub.config.settings import ATTRIBUTES, SECTIONS, SHORT, TABLES, Settings, kind_of
from hubbub.config.variables import secret_variables, section_prefixes, variables


class Problem(NamedTuple):
    """One mistake: in which file (or other source), at which key, and why."""

    file: str
    key: str
    reason: str

    def __str__(self) -> str:
        return ": ".join(part for part in self if part)


class ConfigError(Exception):
    """The settings can't be used; `problems` has every mistake."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class Loaded(NamedTuple):
    """Settings, and for each key that was given ("limits.nick", "listen[0].port") where it came from."""

    settings: Settings
    origins: dict[str, str]


def load(path: Path | None, environ: Mapping[str, str], flags: Mapping[str, object]) -> Settings:
    return read(path, environ, flags).settings


def read(path: Path | None, environ: Mapping[str, str], flags: Mapping[str, object]) -> Loaded:
    draft = _Draft()
    if path is not None:
        draft.take_file(path)
    draft.take_environment(environ)
    draft.take_flags(flags)
    return draft.finish()


class _Value(NamedTuple):
    value: object
    file: str  # what a Problem names: the settings file, "environment" or "command line"
    label: str  # how the key is written there


class _Draft:
    """The keys given so far, and the mistakes found in them."""

    def __init__(self) -> None:
        self.sections: dict[str, dict[str, _Value]] = {section: {} for section in SECTIONS}
        self.tables: dict[str, list[dict[str, _Value]]] = {"listen": [], "operator": []}
        self.problems: list[Problem] = []
        self.file = ""
        self.folder = Path()

    # -- the file

    def take_file(self, path: Path) -> None:
        self.file, self.folder = str(path), path.absolute().parent
        for name, content in self._parsed(path).items():
            if name in TABLES:
                self._take_tables(name, content)
            elif name and name in SECTIONS:
                self._take_section(name, content)
            else:
                self._put("", self.sections[""], name, _Value(content, self.file, name))

    def _parsed(self, path: Path) -> dict[str, Any]:
        import tomllib

        try:
            return tomllib.loads(path.read_bytes().decode())
        except OSError as error:
            self._complain(self.file, "", f"can't be read: {error.strerror}")
        except UnicodeDecodeError:
            self._complain(self.file, "", "isn't UTF-8 text")
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            self._complain(self.file, "", f"isn't valid TOML: {error}")
        return {}

    def _take_section(self, section: str, content: object) -> None:
        if not isinstance(content, dict):
            return self._complain(self.file, section, f"must be a table, written [{section}]")
        for name, value in content.items():
            label = f"{section}.{name}"
            self._put(section, self.sections[section], name, _Value(value, self.file, label))
        return None

    def _take_tables(self, section: str, content: object) -> None:
        if not isinstance(content, list) or not all(isinstance(table, dict) for table in content):
            return self._complain(self.file, section, f"must be a list of tables, each written [[{section}]]")
        if not content and section == "listen":
            return self._complain(self.file, section, "must have at least one table, written [[listen]]")
        for index, table in enumerate(content):
            into: dict[str, _Value] = {}
            self.tables[section].append(into)
            for name, value in table.items():
                self._put(section, into, name, _Value(value, self.file, f"{section}[{index}].{name}"))
        return None

    # -- the environment

    def take_environment(self, environ: Mapping[str, str]) -> None:
        known = variables()
        for variable in sorted(environ):
            if variable in known:
                self._take_variable(known[variable], variable, environ[variable])
            elif variable.removesuffix("_FILE") in secret_variables():
                self._take_secret(variable, environ)
            elif variable.startswith(section_prefixes()):
                self._complain("environment", variable, "unknown variable" + meant(variable, known))

    def _take_variable(self, key: str, variable: str, text: str) -> None:
        # Kubernetes and Docker links set HUBBUB_PORT=tcp://… for a service that is named hubbub.
        if key == "listen.port" and text.startswith("tcp://"):
            return
        self._put_key(key, _Value(text, "environment", variable), from_text=True)

    def _take_secret(self, variable: str, environ: Mapping[str, str]) -> None:
        plain = variable.removesuffix("_FILE")
        if plain in environ:
            return self._complain("environment", variable, f"can't be given together with {plain}")
        try:
            text = Path(environ[variable]).read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            return self._complain("environment", variable, f"the file can't be read: {error.strerror}")
        except ValueError:
            return self._complain("environment", variable, "the file isn't UTF-8 text")
        if not text:
            return self._complain("environment", variable, "the file is empty")
        return self._put_key(variables()[plain], _Value(text, "environment", variable), from_text=True)

    # -- flags

    def take_flags(self, flags: Mapping[str, object]) -> None:
        for name, value in flags.items():
            if value is not None:
                label = "--" + name.rpartition(".")[2].replace("_", "-")
                self._put_key(SHORT.get(name, name), _Value(value, "command line", label))

    # -- all of them

    def _put_key(self, key: str, given: _Value, from_text: bool = False) -> None:
        section, _, name = key.rpartition(".")
        into = self._first_listener() if section == "listen" else self.sections.get(section)
        if into is None:
            return self._complain(given.file, given.label, "unknown key")
        return self._put(section, into, name, given, from_text)

    def _first_listener(self) -> dict[str, _Value]:
        if not self.tables["listen"]:
            self.tables["listen"].append({})
        return self.tables["listen"][0]

    def _put(
        self, section: str, into: dict[str, _Value], name: str, given: _Value, from_text: bool = False
    ) -> None:
        keys = keys_of(kind_of(section))
        if name not in keys:
            known = [*keys, *filter(None, SECTIONS), *TABLES] if not section else keys
            what = "table" if not section and isinstance(given.value, dict | list) else "key"
            return self._complain(given.file, given.label, f"unknown {what}" + meant(name, known))
        try:
            value = checked(keys[name], given.value, from_text)
        except ValueError as error:
            return self._complain(given.file, given.label, str(error))
        if extra_of(keys[name]).get("path") and value:
            value = self._absolute(str(value), given.file)
        into[name] = given._replace(value=value)
        return None

    def _absolute(self, path: str, source: str) -> str:
        folder = self.folder if source == self.file else Path.cwd()
        return os.path.normpath(folder / Path(path).expanduser())

    def _complain(self, file: str, key: str, reason: str) -> None:
        self.problems.append(Problem(file, key, reason))

    # -- the result

    def finish(self) -> Loaded:
        self._check_required()
        self._check_together()
        if self.problems:
            raise ConfigError(self.problems)
        built: dict[str, Any] = {
            name: SECTIONS[name](**_plain(self.sections[name])) for name in SECTIONS if name
        }
        for section, tables in self.tables.items():
            if tables:
                built[ATTRIBUTES[section]] = tuple(TABLES[section](**_plain(table)) for table in tables)
        return Loaded(Settings(**_plain(self.sections[""]), **built), self._origins())

    def _origins(self) -> dict[str, str]:
        origins = {
            f"{section}.{name}".lstrip("."): _origin(given)
            for section, values in self.sections.items()
            for name, given in values.items()
        }
        for section, tables in self.tables.items():
            for index, table in enumerate(tables):
                origins |= {f"{section}[{index}].{name}": _origin(given) for name, given in table.items()}
        return origins

    def _check_required(self) -> None:
        for section, tables in self.tables.items():
            required = [field.name for field in fields(TABLES[section]) if field.required]
            for index, table in enumerate(tables):
                for name in required:
                    if name not in table:
                        self._complain_missing(f"{section}[{index}].{name}")

    def _complain_missing(self, label: str, why: str = "") -> None:
        # A key that was given but refused has had its complaint.
        if all(problem.key != label for problem in self.problems):
            self._complain(self.file, label, "is missing" + why)

    def _check_together(self) -> None:
        self._check_certificates()
        self._check_sts()
        self._check_repeats("listen", _address)
        self._check_repeats("operator", lambda table: _got(table, "name", None))

    def _check_certificates(self) -> None:
        for index, table in enumerate(self.tables["listen"]):
            for one, other in (("certificate", "key"), ("key", "certificate")):
                if _got(table, one, "") and not _got(table, other, ""):
                    self._complain_missing(f"listen[{index}].{other}", f": {one} is given")

    def _check_sts(self) -> None:
        enabled = self.sections["sts"].get("enabled")
        if enabled is None or not enabled.value:
            return
        if not any(_got(table, "certificate", "") for table in self.tables["listen"]):
            self._complain(enabled.file, enabled.label, "needs a listener with a certificate")

    def _check_repeats(self, section: str, identity: Callable[[dict[str, _Value]], object]) -> None:
        seen: dict[object, int] = {}
        for index, table in enumerate(self.tables[section]):
            same = seen.setdefault(identity(table), index)
            if same != index and identity(table) is not None:
                self._complain(self.file, f"{section}[{index}]", f"is the same as {section}[{same}]")


def _got(values: dict[str, _Value], name: str, default: Any) -> Any:
    return values[name].value if name in values else default


def _plain(values: dict[str, _Value]) -> dict[str, Any]:
    return {name: given.value for name, given in values.items()}


def _address(table: dict[str, _Value]) -> object:
    port = _got(table, "port", Listen().port)
    return (_got(table, "host", Listen().host), port) if port else None


def _origin(given: _Value) -> str:
    return (
        given.file
        if given.label[0] != "-" and given.file != "environment"
        else f"{given.file}: {given.label}"
    )
