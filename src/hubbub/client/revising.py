"""What becomes of a line after it was said: edited, taken back, reacted to.

Owns how a line changes by EDITMSG, REDACT and reactions, and by how much it may grow. Who may do so is the server's
business. Changes lines of a timeline, nothing else. Called by reducer.py (live) and playback.py (history).
"""

from __future__ import annotations

from hubbub.client.chat import Chat
from hubbub.client.lines import Line
from hubbub.client.reactions import Reaction
from hubbub.client.reading import REPLY_TAGS, Heard, is_ignored, mentions, spoken, tagged
from hubbub.client.timeline import Timeline

REVISIONS = frozenset({"TAGMSG", "REDACT", "EDITMSG"})
_REACT_TAGS = ("+draft/react", "+react")
_UNREACT_TAGS = ("+draft/unreact", "+unreact")
_MOST_REPLACED = 50


def revise(timeline: Timeline, heard: Heard, chat: Chat) -> Line | None:
    """The line that a message of REVISIONS changed; None if it changed none."""
    command = heard.message.command
    if command == "TAGMSG":
        return None if is_ignored(chat, heard.nick) else _react(timeline, heard)
    line = timeline.find(heard.param(1))
    if line is None or line.redacted or not line.kind.is_said:
        return None
    if command == "REDACT":
        _redact(timeline, line, heard)
        return line
    _, text = spoken(heard.param(2), line.kind)
    return line if edit(timeline, line, text, heard.time_ms, chat) else None


def _react(timeline: Timeline, heard: Heard) -> Line | None:
    tags = heard.message.tags
    added, taken_back = tagged(tags, _REACT_TAGS), tagged(tags, _UNREACT_TAGS)
    msgid = tagged(tags, REPLY_TAGS)
    if not heard.nick or bool(added) == bool(taken_back):
        return None
    reaction = Reaction(msgid, added or taken_back, heard.nick, heard.time_ms, wanted=bool(added))
    line = timeline.find(msgid)
    if not timeline.reactions.add(reaction) or line is None or not timeline.reactions.show(line):
        return None
    timeline.touch(line)
    return line


def _redact(timeline: Timeline, line: Line, heard: Heard) -> None:
    """Nothing of what was said is kept."""
    line.text = line.reply_to = ""
    line.replaced = []
    line.reactions = {}
    line.edited_ms = 0
    line.mentions_me = False
    line.redacted = True
    line.redacted_by = heard.nick
    line.redaction_reason = heard.param(2)
    timeline.reactions.forget(line.msgid)
    timeline.touch(line)


def edit(timeline: Timeline, line: Line, text: str, time_ms: int, chat: Chat) -> bool:
    """The newest text counts, in whatever order edits are heard of."""
    if not text or time_ms <= line.edited_ms or line.redacted:
        return False
    if text != line.text:
        line.replaced = [*line.replaced, line.text][-_MOST_REPLACED:]
        line.text = text
        line.mentions_me = bool(line.nick) and not line.mine and mentions(text, chat.nick)
    line.edited_ms = time_ms
    timeline.touch(line)
    return True
