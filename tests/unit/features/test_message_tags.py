"""Tags that the server adds.  https://ircv3.net/specs/extensions/message-tags, "Escaping values\""""

from __future__ import annotations

from hubbub.core.ledger import Fact
from hubbub.features.kick import Kicked
from hubbub.features.message_tags import account


def test_the_name_of_an_account_is_escaped() -> None:
    event = Kicked(by="1", source="a", user="2", nick="b", room="3", name="#tea", reason="", account="a\\b")
    assert account(event, Fact(1, 0, "", "", b"")) == "account=a\\\\b"
