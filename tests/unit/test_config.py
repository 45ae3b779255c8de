"""Settings: four sources in order, every mistake at once, and no key without help."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from hubbub.config import (
    ConfigError,
    Listen,
    Operator,
    Problem,
    Settings,
    as_toml,
    data_folder,
    describe,
    find_file,
    load,
    password_matches,
    read,
)


def write(folder: Path, text: str) -> Path:
    path = folder / "hubbub.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path | None, environ: dict[str, str] | None = None, **flags: object) -> list[Problem]:
    with pytest.raises(ConfigError) as caught:
        load(path, environ or {}, flags)
    return caught.value.problems


def test_nothing_given_means_all_defaults() -> None:
    assert load(None, {}, {}) == Settings()


def test_a_flag_beats_the_environment_beats_the_file_beats_the_default(tmp_path: Path) -> None:
    path = write(tmp_path, '[[listen]]\nhost = "127.0.0.2"\nport = 2\nkind = "irc"\n')
    environ = {"HUBBUB_PORT": "3", "HUBBUB_HOST": "127.0.0.3"}
    assert load(path, {}, {}).listen == (Listen("127.0.0.2", 2, "irc"),)
    assert load(path, environ, {}).listen == (Listen("127.0.0.3", 3, "irc"),)
    assert load(path, environ, {"port": 4, "host": None}).listen == (Listen("127.0.0.3", 4, "irc"),)


def test_host_and_port_change_the_first_listener_only(tmp_path: Path) -> None:
    path = write(tmp_path, "[[listen]]\nport = 1\n[[listen]]\nport = 2\n")
    assert [listener.port for listener in load(path, {"HUBBUB_PORT": "7"}, {}).listen] == [7, 2]


def test_origins_say_where_each_value_comes_from(tmp_path: Path) -> None:
    path = write(tmp_path, "[limits]\nnick = 9\nroom = 20\n")
    loaded = read(path, {"HUBBUB_LIMITS_ROOM": "30"}, {"port": 0})
    assert loaded.origins == {
        "limits.nick": str(path),
        "limits.room": "environment: HUBBUB_LIMITS_ROOM",
        "listen[0].port": "command line: --port",
    }


@pytest.mark.parametrize(
    ("variable", "text", "key", "value"),
    [
        ("HUBBUB_SERVER_NAME", "chat.example.org", "server.name", "chat.example.org"),
        ("HUBBUB_LIMITS_NICK", "12", "limits.nick", 12),
        ("HUBBUB_FLOOD_RATE", "0.5", "flood.rate", 0.5),
        ("HUBBUB_FLOOD_ENABLED", "off", "flood.enabled", False),
        ("HUBBUB_LOG_SHOW_MESSAGES", "True", "log.show_messages", True),
        ("HUBBUB_THROTTLE_EXEMPT", "10.0.0.0/8, ::1", "throttle.exempt", ("10.0.0.0/8", "::1")),
        ("HUBBUB_THROTTLE_EXEMPT", "", "throttle.exempt", ()),
        ("HUBBUB_ROOMS_DEFAULT", "", "rooms.default", ""),
    ],
)
def test_variables_are_read_as_the_type_of_their_key(
    variable: str, text: str, key: str, value: object
) -> None:
    section, name = key.split(".")
    assert getattr(getattr(load(None, {variable: text}, {}), section), name) == value


def test_every_mistake_is_reported_at_once_with_file_key_and_reason(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        colour = "red"
        [server]
        nmae = "x"
        name = "nodot"
        [limits]
        nick = 900
        [time]
        idle = true
        [flood]
        enabled = 1
        [log]
        [[listen]]
        kind = "telnet"
        proxies = ["nearby"]
        [[operator]]
        host = "*"
        [throtle]
        seconds = 1
        """,
    )
    found = problems(path, {"HUBBUB_LIMITS_ROOMS": "many", "HUBBUB_LIMITS_NIK": "1"}, port=70000)
    assert {problem.file for problem in found} == {str(path), "environment", "command line"}
    assert {(problem.key, problem.reason) for problem in found} == {
        ("colour", "unknown key"),
        ("server.nmae", "unknown key; did you mean name?"),
        (
            "server.name",
            "must be a name of letters, digits and hyphens with a dot in it, such as chat.example.org,"
            " not 'nodot'",
        ),
        ("limits.nick", "must be a whole number from 1 to 64, not 900"),
        ("time.idle", "must be a number from 0 to 31536000, not true"),
        ("flood.enabled", "must be true or false, not 1"),
        ("listen[0].kind", 'must be one of "auto", "irc", "tls", "plain", "http", not \'telnet\''),
        ("listen[0].proxies", "'nearby' is not an address or a network such as 192.168.0.0/16"),
        ("operator[0].name", "is missing"),
        ("operator[0].password", "is missing"),
        ("throtle", "unknown table; did you mean throttle?"),
        ("HUBBUB_LIMITS_ROOMS", "must be a whole number from 1 to 100000, not 'many'"),
        ("HUBBUB_LIMITS_NIK", "unknown variable; did you mean HUBBUB_LIMITS_NICK?"),
        ("--port", "must be a whole number from 0 to 65535, not 70000"),
    }


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("server = 1", "server", "must be a table, written [server]"),
        ("[listen]\nport = 1", "listen", "must be a list of tables, each written [[listen]]"),
        ("listen = []", "listen", "must have at least one table, written [[listen]]"),
        ("operator = [1]", "operator", "must be a list of tables, each written [[operator]]"),
        ('[[listen]]\ncertificate = "c.pem"', "listen[0].key", "is missing: certificate is given"),
        ('[[listen]]\nkey = "k.pem"', "listen[0].certificate", "is missing: key is given"),
        ("[[listen]]\n[[listen]]", "listen[1]", "is the same as listen[0]"),
        (
            '[[operator]]\nname="a"\npassword="x"\n[[operator]]\nname="a"\npassword="y"',
            "operator[1]",
            "is the same as operator[0]",
        ),
        ("[flood]\nrate = nan", "flood.rate", "must be a number from 0.01 to 100000, not nan"),
        ("[limits]\nnick = true", "limits.nick", "must be a whole number from 1 to 64, not true"),
        (
            "[limits]\nnick = 99999999999999999999",
            "limits.nick",
            "must be a whole number from 1 to 64, not 99999999999999999999",
        ),
        ('[server]\ndescription = "a\\nb"', "server.description", "must be one line of text, not 'a\\nb'"),
        (
            '[rooms]\ndefault = "lobby"',
            "rooms.default",
            "must be a room's name, such as #lobby, or nothing, not 'lobby'",
        ),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, key: str, reason: str) -> None:
    path = write(tmp_path, text)
    assert problems(path) == [Problem(str(path), key, reason)]


def test_several_listeners_may_ask_for_any_free_port(tmp_path: Path) -> None:
    path = write(tmp_path, "[[listen]]\nport = 0\n[[listen]]\nport = 0\n")
    assert len(load(path, {}, {}).listen) == 2


def test_a_file_that_cannot_be_read_is_one_problem(tmp_path: Path) -> None:
    missing = tmp_path / "none.toml"
    assert problems(missing) == [Problem(str(missing), "", "can't be read: No such file or directory")]
    broken = write(tmp_path, "nick = = 2")
    assert problems(broken)[0].reason.startswith("isn't valid TOML: ")
    broken.write_bytes(b"\xff\xfe")
    assert problems(broken)[0].reason == "isn't UTF-8 text"


def numbers() -> list[tuple[str, str, float, float]]:
    ranges = []
    for key in describe():
        _, found, bounds = key.type.partition("number from ")
        if found and key.variable:
            least, most = bounds.split(" to ")
            ranges.append((key.variable, key.type, float(least), float(most)))
    return ranges


@pytest.mark.parametrize(("variable", "type_", "least", "most"), numbers())
def test_numbers_are_held_to_their_range(variable: str, type_: str, least: float, most: float) -> None:
    for outside in (least - 1, most + 1):
        found = problems(None, {variable: f"{outside:.12g}"})
        assert [problem.reason for problem in found] == [f"must be a {type_}, not {_number(outside, type_)}"]


def _number(value: float, type_: str) -> str:
    return repr(int(value)) if type_.startswith("whole") else repr(value)


def test_the_smallest_and_largest_numbers_are_accepted() -> None:
    smallest = load(None, {name: f"{least:.12g}" for name, _, least, _ in numbers()}, {})
    assert smallest.limits.nick == 1
    largest = load(None, {name: f"{most:.12g}" for name, _, _, most in numbers()}, {})
    assert largest.time.idle == 31_536_000


def test_a_password_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("open sesame\n", encoding="utf-8")
    variable = "HUBBUB_SERVER_PASSWORD_FILE"
    assert load(None, {variable: str(secret)}, {}).server.password == "open sesame"

    both = {variable: str(secret), "HUBBUB_SERVER_PASSWORD": "x"}
    assert problems(None, both)[0].reason == "can't be given together with HUBBUB_SERVER_PASSWORD"
    secret.write_text("\n", encoding="utf-8")
    assert problems(None, {variable: str(secret)})[0].reason == "the file is empty"
    missing = {variable: str(tmp_path / "none")}
    assert problems(None, missing)[0].reason == "the file can't be read: No such file or directory"


def test_variables_that_are_not_ours_are_left_alone() -> None:
    strange = {"HUBBUB_TEST_POSTGRES": "x", "HUBBUB_PORT": "tcp://10.0.0.1:1313", "HUBBUB_PORT_1313_TCP": "x"}
    assert load(None, strange, {}) == Settings()


def test_passwords_appear_in_no_message_and_no_repr(tmp_path: Path) -> None:
    path = write(tmp_path, '[server]\npassword = "hush1"\n[[operator]]\nname = "ann"\npassword = "hush2"\n')
    loaded = read(path, {}, {})
    assert "hush" not in repr(loaded) + as_toml(loaded.settings, loaded.origins)
    assert "ann" in repr(loaded)

    path = write(tmp_path, '[server]\npassword = ["hush3"]\n')
    assert problems(path) == [Problem(str(path), "server.password", "must be one line of text")]


def test_paths_start_from_the_folder_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, 'data = "kept"\n[[listen]]\ncertificate = "/etc/c.pem"\nkey = "../k.pem"\n')
    settings = load(path, {}, {})
    assert data_folder(settings) == tmp_path / "kept"
    assert settings.listen[0].certificate == "/etc/c.pem"
    assert settings.listen[0].key == str(tmp_path.parent / "k.pem")
    monkeypatch.chdir(tmp_path.parent)
    assert load(path, {}, {"data": "mine"}).data == str(tmp_path.parent / "mine")


def test_the_file_is_the_flags_else_the_variables_else_the_platforms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_config_path", lambda *args, **kwargs: tmp_path)
    assert find_file("a.toml", {"HUBBUB_CONFIG": "b.toml"}) == Path("a.toml")
    assert find_file(None, {"HUBBUB_CONFIG": "b.toml"}) == Path("b.toml")
    assert find_file(None, {}) is None
    (tmp_path / "config.toml").touch()
    assert find_file(None, {}) == tmp_path / "config.toml"


def test_every_key_has_a_name_a_default_and_help() -> None:
    keys = describe()
    assert {key.section for key in keys} >= {"", "server", "listen", "limits", "operator"}
    for key in keys:
        assert key.type, key
        assert len(key.help) > 10, key
        assert key.default or (key.section, key.key) in {("operator", "name"), ("operator", "password")}


def test_the_defaults_pass_their_own_checks(tmp_path: Path) -> None:
    assert load(write(tmp_path, as_toml(Settings())), {}, {}) == Settings()


def test_settings_written_as_toml_are_read_back_the_same(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '[server]\nmotd = "one\\n\\"two\\" \\\\ \\u007f ü"\n[flood]\nrate = 0.25\n[[listen]]\nport = 5\n'
        'proxies = ["10.0.0.1", "fd00::/8"]\n[[listen]]\nkind = "tls"\n[rooms]\ndefault = ""\n',
    )
    settings = load(path, {}, {})
    assert tomllib.loads(as_toml(settings))["listen"][0]["proxies"] == ["10.0.0.1", "fd00::/8"]
    assert load(write(tmp_path, as_toml(settings)), {}, {}) == settings


def test_operators_are_read(tmp_path: Path) -> None:
    path = write(tmp_path, '[[operator]]\nname = "ann"\npassword = "x"\nhost = "10.*"\n')
    assert load(path, {}, {}).operators == (Operator("ann", "x", "10.*"),)


def test_passwords_match_in_clear_and_hashed() -> None:
    from argon2 import PasswordHasher

    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("sésame")
    for expected in ("sésame", hashed):
        assert password_matches(expected, "sésame")
        assert not password_matches(expected, "sesame")
        assert not password_matches(expected, "\udcff")
    assert not password_matches("$argon2id$broken", "$argon2id$broken")
