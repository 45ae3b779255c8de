"""Actions of keys on one message: reply, react, edit, take back, copy, open, and whatever else concerns it alone.

Owns the focused message's actions, and the same for whoever names a message otherwise (commands). An action x of the
keymap is action_x.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

from textual import on

from hubbub.client.chat import Conversation
from hubbub.client.lines import Delivery, Line
from hubbub.client.network import Network
from hubbub.client.requests import Request
from hubbub.client.threads import thread_of
from hubbub.client.timeline import Timeline
from hubbub.irc.text import clip, printable
from hubbub.tui import clipboard, opening
from hubbub.tui.composer import Composer
from hubbub.tui.dialogs import Confirm, PickEmoji
from hubbub.tui.hits import LinesScreen
from hubbub.tui.markup import links_in
from hubbub.tui.navigation import Navigation
from hubbub.tui.timeline_view import TimelineView

_QUOTED = 60
_BLANKS = re.compile(r"\s+")


class MessageActions(Navigation):
    """What an edit or a reply is about stands in the composer's `about`, and in the drafts of other windows."""

    # -- the focus ------------------------------------------------------------------------------------------

    def action_older_message(self) -> None:
        if self.view.focus_previous() is not None:
            self.view.focus()
            self._tell_focus()

    def action_newer_message(self) -> None:
        if self.view.focused is None or self.view.focus_next() is None:
            self.leave_messages()

    def leave_messages(self) -> None:
        self.view.clear_focus()
        self.status.forget()
        self.composer.focus()

    def _tell_focus(self) -> None:
        self.status.say("r reply · = react · e edit · Backspace take back · t thread · y copy · o open · Esc")

    @on(TimelineView.LineClicked)
    def _line_clicked(self, event: TimelineView.LineClicked) -> None:
        if event.line.kind.is_said:
            self.view.focus_line(event.line)
            self.view.focus()
            self._tell_focus()

    def _focused(self) -> tuple[Conversation, Line] | None:
        window, line = self.window, self.view.focused
        if window is None or line is None:
            return None
        return window.conversation, line

    def _known(self, feature: str, what: str) -> tuple[Conversation, Line] | None:
        """The focused message, if the server can be told about it; else what is missing is said."""
        found = self._focused()
        if found is None or self.network is None:
            return None
        problem = problem_with(found[1])
        if not problem and not self.network.session.can(feature):
            problem = f"{self.network.title} can't {what}."
        if problem:
            self.status.say(problem, error=True)
            return None
        return found

    # -- saying something about it --------------------------------------------------------------------------

    def action_reply(self) -> None:
        found = self._known("reply", "mark replies")
        if found is not None:
            self.begin_reply(*found)

    def begin_reply(self, conversation: Conversation, line: Line) -> None:
        if not self.shows(conversation):
            self.show_conversation(conversation)
        self.leave_messages()
        self.composer.begin_reply(f"reply to {printable(line.nick)}: {quoted(line)} (Esc cancels)")
        self.composer.about = line

    def action_edit_message(self) -> None:
        found = self._known("edit", "change messages that were sent")
        if found is not None:
            self.begin_edit(*found)

    @on(Composer.EditLast)
    def _edit_last(self) -> None:
        if self.window is None or self.network is None or not self.network.session.can("edit"):
            return
        conversation = self.window.conversation
        line = next((one for one in conversation.timeline.arrived() if one.mine and not one.redacted), None)
        if line is not None and not problem_with(line):
            self.begin_edit(conversation, line)

    def begin_edit(self, conversation: Conversation, line: Line) -> None:
        if not line.mine:
            self.status.say("Only what you said yourself can be edited.", error=True)
            return
        if not self.shows(conversation):
            self.show_conversation(conversation)
        self.leave_messages()
        self.composer.begin_edit(line.text)
        self.composer.about = line

    def action_react(self) -> None:
        found = self._known("react", "show reactions")
        if found is not None:
            self.push_screen(PickEmoji(), partial(self._reacted, *found))

    def _reacted(self, conversation: Conversation, line: Line, answer: str | None) -> None:
        if answer:
            self.toggle_reaction(conversation, line, answer)

    def toggle_reaction(self, conversation: Conversation, line: Line, sign: str) -> None:
        network = self.network_with(conversation)
        if network is None:
            return
        has = any(network.chat.is_me(nick) for nick in line.reactions.get(sign, ()))
        request = network.session.react(conversation, line, sign, wanted=not has)
        request.then(self.tell_failure)

    @on(TimelineView.ReactionClicked)
    def _reaction_clicked(self, event: TimelineView.ReactionClicked) -> None:
        if self.window is not None and not problem_with(event.line):
            self.toggle_reaction(self.window.conversation, event.line, event.emoji)

    def action_redact_message(self) -> None:
        found = self._focused()
        if found is None or self.network is None:
            return
        conversation, line = found
        if line.delivery is Delivery.FAILED:
            self.network.session.discard(conversation, line)
            self.leave_messages()
        elif self._known("redact", "take messages back") is not None:
            self.push_screen(Confirm(f"Take this back? {quoted(line)}"), self._redactor(conversation, line))

    def _redactor(self, conversation: Conversation, line: Line) -> Callable[[bool | None], None]:
        def answered(wanted: bool | None) -> None:
            network = self.network_with(conversation)
            if wanted and network is not None:
                network.session.redact(conversation, line).then(self.tell_failure)
                self.leave_messages()

        return answered

    def action_retry_message(self) -> None:
        found = self._focused()
        if found is None or found[1].delivery is not Delivery.FAILED or self.network is None:
            return
        self.leave_messages()
        self.network.session.retry(*found)

    # -- looking at it --------------------------------------------------------------------------------------

    def action_show_thread(self) -> None:
        found = self._focused()
        timeline = self.timeline
        if found is None or timeline is None:
            return
        lines = thread_of(timeline, found[1])
        whom = "an earlier message" if lines[0].reply_to else printable(lines[0].nick)
        self.push_screen(
            LinesScreen(f"Replies to {whom}", lines),
            partial(self._thread_left, found[0], timeline),
        )

    def _thread_left(self, conversation: Conversation, timeline: Timeline, line: Line | None) -> None:
        if line is None:
            return
        if self.timeline is timeline:
            self.view.go_to(line)
        else:
            # Another conversation is shown by now.
            self.go_to_line(conversation, line)

    def action_show_context(self) -> None:
        """What it is an answer to; of what failed, another try."""
        found = self._focused()
        if found is None:
            return
        conversation, line = found
        if line.delivery is Delivery.FAILED:
            self.action_retry_message()
        elif line.reply_to:
            self.leave_messages()
            original = Line(line.kind, line.time_ms, msgid=line.reply_to)
            self.go_to_line(conversation, original)
        elif self.past is not None:
            self.leave_messages()
            self.go_to_line(conversation, line)

    def action_copy_message(self) -> None:
        found = self._focused()
        if found is not None:
            self.copy(found[1].text)

    def copy(self, text: str) -> None:
        self.run_worker(self._copy(text))

    async def _copy(self, text: str) -> None:
        outcome = await clipboard.copy(text, self.terminal, self.environ)
        self.status.say(outcome.words, error=not outcome.done)

    def action_open_link(self) -> None:
        found = self._focused()
        links = links_in(found[1].text) if found is not None else []
        if links:
            self.open_link(links[0])
        else:
            self.status.say("There is no link in this message.")

    def open_link(self, url: str) -> None:
        self.run_worker(self._open(url))

    async def _open(self, url: str) -> None:
        copy = partial(clipboard.copy, terminal=self.terminal, environ=self.environ)
        outcome = await opening.open_url(url, copy, self.environ)
        self.status.say(outcome.words, error=not outcome.done)

    @on(TimelineView.LinkClicked)
    def _link_clicked(self, event: TimelineView.LinkClicked) -> None:
        self.open_link(event.url)

    def tell_failure(self, request: Request) -> None:
        if request.failed:
            self.status.say(request.failure, error=True)

    # -- the end of an edit or a reply ----------------------------------------------------------------------

    def send_edit(self, conversation: Conversation, line: Line, text: str) -> None:
        network = self.network_with(conversation)
        if network is not None and text != line.text:
            network.session.edit(conversation, line, text).then(self.tell_failure)

    def network_with(self, conversation: Conversation) -> Network | None:
        """The one that the conversation belongs to, whatever is shown by now."""
        window = self.windows.of(conversation)
        return self.network_of(window) if window is not None else None


def problem_with(line: Line) -> str:
    """Why the server can't be told about it, or ""."""
    if line.redacted:
        return "That message was taken back."
    if line.delivery is Delivery.PENDING:
        return "That message is still on its way."
    if line.delivery is Delivery.FAILED:
        return "That message was not sent. Enter sends it again, Backspace forgets it."
    return "" if line.msgid else "This server gives messages no ids, so nobody can say which one is meant."


def quoted(line: Line) -> str:
    """The beginning of it, in one row."""
    text = _BLANKS.sub(" ", printable(line.text[:500])).strip()
    short = clip(text, _QUOTED)
    return short if short == text else f"{short}…"
