"""The names and numbers of replies."""

from __future__ import annotations

import pytest

from hubbub.irc import numerics

NUMERICS = {name: value for name, value in vars(numerics).items() if name.startswith(("RPL_", "ERR_"))}


def test_every_numeric_is_three_digits_and_has_one_name() -> None:
    assert all(isinstance(value, str) and len(value) == 3 and value.isdigit() for value in NUMERICS.values())
    assert len(set(NUMERICS.values())) == len(NUMERICS) > 150


def test_errors_stand_where_errors_do() -> None:
    # RFC 2812 5: errors are 400 to 599; extensions since put theirs next to their replies, from 670 on.
    assert not [name for name, value in NUMERICS.items() if name.startswith("ERR_") and value < "400"]
    assert not [
        name for name, value in NUMERICS.items() if name.startswith("RPL_") and "400" <= value < "600"
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RPL_WELCOME", "001"),
        ("RPL_ISUPPORT", "005"),
        ("RPL_WHOISCERTFP", "276"),
        ("RPL_WHOISACCOUNT", "330"),
        ("RPL_WHOISBOT", "335"),
        ("RPL_WHOISACTUALLY", "338"),
        ("RPL_INVITELIST", "336"),
        ("RPL_INVEXLIST", "346"),
        ("RPL_WHOSPCRPL", "354"),
        ("ERR_INPUTTOOLONG", "417"),
        ("ERR_HELPNOTFOUND", "524"),
        ("RPL_WHOISSECURE", "671"),
        ("ERR_INVALIDMODEPARAM", "696"),
        ("RPL_MONONLINE", "730"),
        ("RPL_LOGGEDIN", "900"),
        ("RPL_SASLMECHS", "908"),
    ],
)
def test_numerics_known_by_heart(name: str, value: str) -> None:
    assert NUMERICS[name] == value
