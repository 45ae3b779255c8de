"""Threads: a view over replies (+reply). Every reply stays a message of its room, and says nothing of a thread.

Knows no screen. The browser client counts its threads as they come (web/src/app/threads.ts); here one is gathered when
somebody asks for it.
"""

from __future__ import annotations

from hubbub.client.lines import Line
from hubbub.client.timeline import Timeline


def thread_of(timeline: Timeline, line: Line) -> list[Line]:
    """The topmost message above this one, and all replies to it and to its replies, as far as they are loaded."""
    top = _topmost(timeline, line)
    # Of what is not loaded at least the answers are there.
    known = {top.msgid, top.reply_to if timeline.find(top.reply_to) is None else ""} - {""}
    found = []
    # A reply always follows what it answers.
    for one in timeline:
        if one is top or one is line or (one.reply_to and one.reply_to in known):
            found.append(one)
            known.add(one.msgid)
    return found


def _topmost(timeline: Timeline, line: Line) -> Line:
    passed = {line}
    above = timeline.find(line.reply_to)
    while above is not None and above not in passed:
        passed.add(above)
        line, above = above, timeline.find(above.reply_to)
    return line
