"""The client's settings file: what is read, what is refused, and that nobody's words in it are lost."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hubbub.client.settings import Settings, SettingsError, describe, find_file

MINE = """\
# my own words
colour = "red"  # unknown, and mine

[servers.home]  # where I live
host = "chat.example.org"  # not .com
tls = true
nickname = "al"

[keys]
next_activity = "alt+a"  # as in WeeChat

[servers.work]
host = "10.0.0.7"
port = 6697
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "chat.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(path: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        Settings.load(path)
    return [problem.removeprefix(f"{path}: ") for problem in caught.value.problems]


def test_no_file_means_defaults_and_the_first_save_makes_it_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "hubbub" / "chat.toml"
    loaded = Settings.load(path)
    assert (loaded.theme, loaded.servers, loaded.warnings) == ("auto", {}, [])
    loaded.save()
    assert not path.exists()
    loaded.theme = "light"
    loaded.save()
    assert tomllib.loads(path.read_text()) == {"theme": "light"}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_everything_that_can_be_set_is_read_and_described(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        'theme = "dark"\nnotifications = "none"\nnotify = "bell"\n'
        'mouse = false\nup_edits = false\nkill_line = "never"\n'
        'time_format = "%I:%M"\nshow_joins = "all"\nlast = "a"\n[keys]\nx = "f5"\n[servers.a]\nhost = "h"\nport = 1\n'
        f'tls = "auto"\nfingerprint = "{":".join(["0a"] * 32)}"\nname = "n"\naccount = "c"\nrealname = "r r"\n'
        'rooms = ["#x key"]\nmuted = ["#m"]\npinned = ["#p"]\nignored = ["eve"]\n'
        'live = ["#l", "*"]\nhighlights = ["tea time"]\n',
    )
    loaded = Settings.load(path)
    assert loaded.warnings == []
    content = tomllib.loads(path.read_text())
    for described in describe():
        section = content["servers"]["a"] if described.section else content
        holder = loaded.servers["a"] if described.section else loaded
        assert getattr(holder, described.key) == section[described.key]
        assert described.help.endswith(".")
        assert described.allowed
    assert loaded.keys == {"x": "f5"}


def test_every_mistake_is_named_with_what_is_allowed_and_the_file_stays(tmp_path: Path) -> None:
    text = (
        'mouse = "yes"\nshow_joins = "some"\n[servers.a]\nport = 70000\ntls = 2\nfingerprint = "AB"\nrooms = "#x"\n'
        "[keys]\nx = 3\n"
    )
    path = write(tmp_path, text)
    assert problems(path) == [
        "mouse: must be true or false, not 'yes'",
        'show_joins: must be "condensed", "all" or "none", not \'some\'',
        "servers.a.port: must be a whole number from 1 to 65535, not 70000",
        'servers.a.tls: must be true, false or "auto", not 2',
        "servers.a.fingerprint: must be a fingerprint of 32 pairs such as AB:CD:…, or \"verified\", not 'AB'",
        'servers.a.rooms: must be a list of texts, such as ["#tea", "#lobby"], not \'#x\'',
        "servers.a.host: is missing",
        'keys.x: must be a text such as "ctrl+g, alt+g", not 3',
    ]
    assert path.read_text() == text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("= 1", "isn't valid TOML"),
        ("servers = 1", "servers: must be tables, each written [servers.NAME]"),
        ("servers.a = 1", "servers: must be tables, each written [servers.NAME]"),
        ("keys = []", "keys: must be a table, written [keys]"),
    ],
)
def test_a_file_of_another_shape(tmp_path: Path, text: str, complaint: str) -> None:
    assert problems(write(tmp_path, text))[0].startswith(complaint)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert problems(tmp_path) == ["can't be read: Is a directory"]
    path = tmp_path / "chat.toml"
    path.write_bytes(b'theme = "\xff"')
    assert problems(path) == ["isn't UTF-8 text"]


def test_unknown_keys_are_warned_about_and_kept_like_comments(tmp_path: Path) -> None:
    path = write(tmp_path, MINE)
    loaded = Settings.load(path)
    assert loaded.warnings == [
        f"{path}: colour: unknown key",
        f"{path}: servers.home.nickname: unknown key; did you mean name?",
    ]
    loaded.servers["home"].rooms.append("#tea")
    loaded.servers["home"].tls = "auto"
    loaded.keys["last_room"] = "alt+l"
    loaded.mouse = False
    loaded.save()
    lines = path.read_text().splitlines()
    for line in MINE.splitlines():
        assert line in lines or line == "tls = true"
    assert "tls" not in path.read_text()
    again = Settings.load(path)
    assert again.servers["home"].rooms == ["#tea"]
    assert again.keys == {"next_activity": "alt+a", "last_room": "alt+l"}
    assert again.mouse is False
    assert again.servers["work"].port == 6697


def test_two_clients_do_not_undo_each_others_changes(tmp_path: Path) -> None:
    path = write(tmp_path, MINE)
    one, other = Settings.load(path), Settings.load(path)
    one.theme = "dark"
    one.servers["home"].name = "alice"
    one.save()
    other.mouse = False
    other.servers["work"].muted.append("#noise")
    other.save()
    last = Settings.load(path)
    assert (last.theme, last.mouse, last.servers["home"].name) == ("dark", False, "alice")
    assert last.servers["work"].muted == ["#noise"]


def test_a_server_that_another_client_removed_can_still_be_read_afterwards(tmp_path: Path) -> None:
    path = write(tmp_path, MINE)
    one, other = Settings.load(path), Settings.load(path)
    one.forget("home")
    one.save()
    assert "where I live" not in path.read_text()
    assert set(Settings.load(path).servers) == {"work"}
    other.servers["home"].name = "alice"
    other.save()
    assert Settings.load(path).servers["home"].host == "chat.example.org"


@pytest.mark.parametrize("broken", ["theme = \n", "servers = 3\n"])
def test_a_file_that_is_being_edited_is_not_written_over(tmp_path: Path, broken: str) -> None:
    path = write(tmp_path, MINE)
    loaded = Settings.load(path)
    loaded.servers["home"].name = "alice"
    path.write_text(broken)
    with pytest.raises(SettingsError):
        loaded.save()
    assert path.read_text() == broken
    path.write_text(MINE)
    loaded.save()
    assert Settings.load(path).servers["home"].name == "alice"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "chat.toml"
    real.parent.mkdir()
    real.write_text(MINE)
    path = tmp_path / "chat.toml"
    path.symlink_to(real)
    loaded = Settings.load(path)
    loaded.theme = "dark"
    loaded.save()
    assert path.is_symlink()
    assert 'theme = "dark"' in real.read_text()


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    loaded = Settings(path=tmp_path / "file" / "chat.toml", theme="dark")
    with pytest.raises(SettingsError, match="can't be written"):
        loaded.save()


def test_servers_are_found_by_address_and_added_once(tmp_path: Path) -> None:
    loaded = Settings.load(write(tmp_path, MINE))
    home = loaded.servers["home"]
    assert loaded.server("CHAT.example.org.", 1313) is home
    assert loaded.named("home") is home
    new = loaded.server("10.0.0.7", 1313)
    assert new is loaded.server("10.0.0.7", 1313)
    assert (new.key, loaded.server("10.0.0.7", 99).key) == ("10.0.0.7", "10.0.0.7:99")
    new.port = 4000
    assert loaded.server("10.0.0.7", 1313).key == "10.0.0.7 2"


def test_of_two_accounts_on_one_server_the_last_one_used_counts(tmp_path: Path) -> None:
    loaded = Settings.load(
        write(tmp_path, 'last = "b"\n[servers.a]\nhost = "h"\n[servers.b]\nhost = "h"\naccount = "me"\n')
    )
    assert loaded.server("h", 1313).key == "b"


def test_the_file_is_the_flags_or_the_variables_or_the_platforms(tmp_path: Path) -> None:
    environ = {"HUBBUB_CHAT_CONFIG": str(tmp_path / "b.toml")}
    assert find_file(str(tmp_path / "a.toml"), environ) == tmp_path / "a.toml"
    assert find_file("", environ) == tmp_path / "b.toml"
    assert find_file("", {}).parts[-2:] == ("hubbub", "chat.toml")


TEXT = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=20)
WORD = st.text(
    st.characters(min_codepoint=33, exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), max_size=20
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    changes=st.lists(
        st.tuples(
            WORD.filter(bool), WORD, st.lists(TEXT, max_size=3), st.sampled_from([True, False, "auto"]), TEXT
        ),
        max_size=6,
    ),
    gone=st.sets(st.sampled_from(["home", "work"])),
)
def test_whatever_is_saved_is_loaded_again(
    tmp_path: Path, changes: list[tuple[str, str, list[str], bool | str, str]], gone: set[str]
) -> None:
    path = write(tmp_path, MINE)
    loaded = Settings.load(path)
    for host, name, rooms, tls, action in changes:
        server = loaded.server(host, 1313)
        server.name, server.rooms, server.tls = name, rooms, tls
        loaded.keys[action] = name
        loaded.save()
    for key in gone:
        loaded.forget(key)
    loaded.save()
    again = Settings.load(path)
    assert again._flat() == loaded._flat()
    assert "# my own words" in path.read_text()
