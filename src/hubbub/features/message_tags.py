"""Tags that the server adds to what it sends.

https://ircv3.net/specs/extensions/message-tags, message-ids, server-time, account-tag
"""

from __future__ import annotations

from hubbub.core.capability import MESSAGE_TAGS, capability, isupport, tags
from hubbub.core.event import Event
from hubbub.core.ledger import Fact
from hubbub.core.messageid import to_msgid
from hubbub.irc.times import to_timestamp
from hubbub.irc.wire import escape_tag

SERVER_TIME = capability("server-time")
ACCOUNT_TAG = capability("account-tag")

isupport("MSGREFTYPES", "msgid,timestamp")


@tags(SERVER_TIME)
def server_time(event: Event, fact: Fact) -> str:
    return f"time={to_timestamp(fact.time_ms)}"


@tags(MESSAGE_TAGS)
def msgid(event: Event, fact: Fact) -> str:
    return f"msgid={to_msgid(fact.pos)}" if fact.pos else ""


@tags(ACCOUNT_TAG)
def account(event: Event, fact: Fact) -> str:
    name: str = getattr(event, "account", "")
    return f"account={escape_tag(name)}" if name else ""
