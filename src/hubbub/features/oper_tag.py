"""draft/oper-tag: what operators of the server say is marked as theirs.  https://ircv3.net/specs/extensions/oper-tag

The tag has no value: who they are is said by their nick, and the name that they gave to OPER is nobody's affair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.capability import capability, tags

if TYPE_CHECKING:
    from hubbub.core.event import Event
    from hubbub.core.ledger import Fact

OPER_TAG = capability("draft/oper-tag")


@tags(OPER_TAG)
def oper(event: Event, _fact: Fact) -> str:
    return "draft/oper" if "o" in event.standing else ""
