"""CS: registered rooms in the words of old habits, as a command and as messages to ChanServ.

There is no specification; the words are those of Anope and Atheme, and ROOM does what they ask for.
"""

from __future__ import annotations

from hubbub.core.command import Context, command
from hubbub.core.services import have_done, tell, words_of

CHANSERV = "ChanServ"
_VERBS = {
    "REGISTER": "REGISTER <room>: keep a room that you operate, and be its founder",
    "INFO": "INFO <room>: whose room it is",
    "OP": "OP <room> [name]: make somebody operator of your room for good; alone: be operator again",
    "DEOP": "DEOP <room> <name>: take that back",
    "VOICE": "VOICE <room> <name>: give somebody a voice in your room for good",
    "DEVOICE": "DEVOICE <room> <name>: take that back",
    "TRANSFER": "TRANSFER <room> <name>: make somebody else the founder",
    "DROP": "DROP <room>: give your room up",
}


@command("CS", "CHANSERV")
async def cs(ctx: Context, *words: str) -> None:
    """CS <command> <room> …: rooms that last, as messages to ChanServ ask for them; CS HELP lists the commands."""
    verb, *rest = words_of(words) or ["HELP"]
    verb = verb.upper()
    if verb == "HELP":
        for line in _VERBS.values():
            tell(ctx, CHANSERV, line)
        tell(ctx, CHANSERV, "HELP: this list")
    elif verb not in _VERBS:
        tell(ctx, CHANSERV, "I don't know that command; HELP lists those I know")
    elif not rest:
        tell(ctx, CHANSERV, "Name the room, such as #tea")
    else:
        await have_done(ctx, CHANSERV, "ROOM", verb, *rest)
