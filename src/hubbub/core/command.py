"""Commands: their registry, and the one way from a message to its handler.

`@command` derives from a handler's signature what it needs: arity (461), registration (451), and typed arguments:
`Channel` and `User` are looked up before the handler runs (403, 401), `list[str]` splits commas, `int` must be one.
A handler's docstring is its HELP: the first line is the syntax.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from hubbub.core.model import ASKING, Channel, User
from hubbub.core.modes import SHOWN_BY_TAGS, standing_of
from hubbub.core.refusal import (
    Failed,
    Refused,
    need_more_params,
    no_privileges,
    no_such_channel,
    no_such_nick,
)
from hubbub.core.reply import Reply, label_of
from hubbub.irc import numerics
from hubbub.irc.names import fold
from hubbub.irc.wire import Message

if TYPE_CHECKING:
    from hubbub.core.event import Event
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Put
    from hubbub.core.session import Session

log = logging.getLogger("hubbub.core")

Handler = Callable[..., "Coroutine[Any, Any, None] | None"]
Proposed = TypeVar("Proposed", bound="Event")


class Proposal:
    """An event on its way through the ledger, and who waits for it."""

    __slots__ = ("applied", "event", "refused", "reply")

    def __init__(
        self,
        event: Event,
        reply: Reply | None,
        refused: Callable[[str], None] | None,
        applied: Callable[[], None] | None = None,
    ) -> None:
        self.event = event
        self.reply = reply
        self.refused = refused
        self.applied = applied


class Context:
    """What a handler works with: who asks, where the answer goes, and what it proposes."""

    __slots__ = ("hub", "message", "proposals", "reply", "session")

    def __init__(self, session: Session, message: Message, reply: Reply) -> None:
        self.hub: Hub = session.hub
        self.session = session
        self.message = message
        self.reply = reply
        self.proposals: list[
            tuple[Proposal, tuple[tuple[str, int], ...], tuple[Put, ...], tuple[int, ...]]
        ] = []

    @property
    def user(self) -> User:
        """The registered user who gave the command."""
        assert self.session.user is not None
        return self.session.user

    def numeric(self, code: str, *params: str) -> None:
        self.reply.numeric(code, *params)

    def propose(
        self,
        event: Event,
        *,
        expect: tuple[tuple[str, int], ...] = (),
        puts: tuple[Put, ...] = (),
        erases: tuple[int, ...] = (),
        refused: Callable[[str], None] | None = None,
        applied: Callable[[], None] | None = None,
    ) -> None:
        """Propose an event; it goes to the ledger when the handler has ended well.

        `erases`: positions of the log whose bodies vanish with it.
        `refused` is called instead of the event being applied if an expectation doesn't hold any more,
        `applied` when it has been.
        """
        proposal = Proposal(self.signed(event), self.reply, refused, applied)
        self.proposals.append((proposal, expect, puts, erases))

    def signed(self, event: Proposed) -> Proposed:
        """The event with what its author is at this moment."""
        user = self.session.user
        if user is None or SHOWN_BY_TAGS.isdisjoint(user.modes):
            return event
        return replace(event, standing=standing_of(user))


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument of a handler: how its text becomes a value."""

    name: str
    convert: Callable[[Hub, str], Any] | None
    required: bool


@dataclass(frozen=True, slots=True)
class Command:
    """A verb and what is known of it."""

    verb: str
    handler: Handler
    parameters: tuple[Parameter, ...]
    takes_rest: bool
    before_registration: bool
    pipelined: bool
    operator: bool
    is_async: bool
    required: int
    """How many parameters it can't do without."""
    cost: int
    """How many ordinary commands it counts as against a flood."""

    @property
    def help(self) -> list[str]:
        return inspect.cleandoc(self.handler.__doc__ or self.verb).splitlines()

    def arguments(self, hub: Hub, params: list[str]) -> list[Any]:
        """The handler's arguments; raises Refused where one is missing or names nothing."""
        if len(params) < self.required:
            raise need_more_params(self.verb)
        found = [
            parameter.convert(hub, text) if parameter.convert else text
            for parameter, text in zip(self.parameters, params, strict=False)
        ]
        return found + params[len(self.parameters) :] if self.takes_rest else found


COMMANDS: dict[str, Command] = {}


def _channel(hub: Hub, name: str) -> Channel:
    channel = hub.channels.get(fold(name))
    if channel is None:
        raise no_such_channel(name)
    return channel


def _user(hub: Hub, nick: str) -> User:
    user = hub.users.get(fold(nick))
    if user is None:
        raise no_such_nick(nick)
    return user


def _integer(_hub: Hub, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Refused(numerics.ERR_UNKNOWNERROR, "*", f"{text[:20]!r} must be a whole number")
    return int(text)


def _several(_hub: Hub, text: str) -> list[str]:
    return [part for part in text.split(",") if part]


_CONVERTERS: dict[str, Callable[[Hub, str], Any]] = {
    "Channel": _channel,
    "User": _user,
    "int": _integer,
    "list[str]": _several,
}
"""By annotation as it is written: evaluating hundreds of them would be a third of the server's start-up."""


def _parameters(handler: Handler) -> tuple[tuple[Parameter, ...], bool]:
    found: list[Parameter] = []
    for name, parameter in list(inspect.signature(handler).parameters.items())[1:]:
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            return tuple(found), True
        required = parameter.default is inspect.Parameter.empty
        convert = _CONVERTERS.get(parameter.annotation.removesuffix(" | None"))
        found.append(Parameter(name, convert, required))
    return tuple(found), False


def command(
    verb: str,
    *aliases: str,
    before_registration: bool = False,
    pipelined: bool = False,
    operator: bool = False,
    cost: int = 1,
) -> Callable[[Handler], Handler]:
    """Declare the handler of a verb.

    `before_registration`: also for those without a nick yet. `pipelined`: may run before what the session proposed
    earlier has been applied (it proposes messages and replies nothing of the state). `operator`: 481 for others.
    `cost`: what it takes off the flood budget, for commands whose answers are long or dear.
    """

    def declare(handler: Handler) -> Handler:
        parameters, rest = _parameters(handler)
        is_async = inspect.iscoroutinefunction(handler)
        required = sum(parameter.required for parameter in parameters)
        for name in (verb, *aliases):
            COMMANDS[name] = Command(
                name,
                handler,
                parameters,
                rest,
                before_registration,
                pipelined,
                operator,
                is_async,
                required,
                cost,
            )
        return handler

    return declare


def run(session: Session, message: Message) -> None:
    """Run a client's command and see to its answer."""
    before = ASKING.set(session)
    try:
        _start(session, message, Reply(session, label_of(session, message)))
    finally:
        ASKING.reset(before)


def _start(session: Session, message: Message, reply: Reply) -> None:
    found = COMMANDS.get(message.command)
    context = Context(session, message, reply)
    if found is not None:
        session.hub.uses[found.verb] += 1
        if found.cost > 1:
            session.debt += found.cost - 1
    if found is not None and found.is_async:
        session.started()
        session.hub.spawn(_run_async(found, context))
        return
    try:
        if found is None:
            raise unknown_command(session, message.command)
        found.handler(context, *_admitted(found, context))
        submit(context)
    except Exception as error:
        answer_error(reply, message.command, error)
    finally:
        reply.done()


async def _run_async(found: Command, context: Context) -> None:
    try:
        outcome = found.handler(context, *_admitted(found, context))
        if outcome is not None:
            await outcome
        submit(context)
    except Exception as error:
        answer_error(context.reply, found.verb, error)
    finally:
        context.reply.done()
        context.session.finished()


def perform(reply: Reply, verb: str, *params: str) -> None:
    """Run another command's handler as part of an answer (the MOTD in a welcome, NAMES after a JOIN)."""
    context = Context(reply.session, Message(verb, list(params)), reply)
    found = COMMANDS[verb]
    try:
        found.handler(context, *found.arguments(context.hub, list(params)))
        submit(context)
    except Exception as error:
        answer_error(reply, verb, error)


def hand_on(context: Context, verb: str, params: list[str]) -> None:
    """Have another command do what was asked, as the whole answer or the rest of it."""
    context.reply.open += 1
    _start(context.session, Message(verb, params), context.reply)


async def carry_out(reply: Reply, verb: str, params: list[str]) -> None:
    """Run another command to its end as part of one that is asynchronous itself."""
    context = Context(reply.session, Message(verb, params), reply)
    found = COMMANDS[verb]
    try:
        outcome = found.handler(context, *_admitted(found, context))
        if outcome is not None:
            await outcome
        submit(context)
    except Exception as error:
        answer_error(reply, verb, error)


def run_again(context: Context, act: Callable[[Context], None]) -> None:
    """Do a part of a command once more, after what it proposed was refused: the state has changed meanwhile."""
    context.proposals = []
    before = ASKING.set(context.session)
    try:
        act(context)
        submit(context)
    except Exception as error:
        answer_error(context.reply, context.message.command, error)
    finally:
        ASKING.reset(before)


def is_pipelined(verb: str) -> bool:
    """Whether a command may run while messages of its session are still on their way to the disk."""
    found = COMMANDS.get(verb)
    return found is not None and found.pipelined


def unknown_command(session: Session, verb: str) -> Refused:
    if session.user is None:
        return Refused(numerics.ERR_NOTREGISTERED, "You have not registered")
    return Refused(numerics.ERR_UNKNOWNCOMMAND, verb, "Unknown command")


def _admitted(found: Command, context: Context) -> list[Any]:
    user = context.session.user
    if user is None and not found.before_registration:
        raise Refused(numerics.ERR_NOTREGISTERED, "You have not registered")
    if found.operator and not (user and user.acts_as_operator):
        raise no_privileges()
    return found.arguments(context.hub, context.message.params)


def submit(context: Context) -> None:
    """Hand what a handler proposed to the ledger, in order."""
    if context.proposals and not is_pipelined(context.message.command):
        context.session.in_order = True
    for proposal, expect, puts, erases in context.proposals:
        context.reply.open += 1
        context.session.pending += 1
        context.hub.append(proposal, expect, puts, erases)


def answer_error(reply: Reply, verb: str, error: Exception) -> None:
    """Tell the client what went wrong; what is nobody's refusal is our mistake and goes to the log."""
    if isinstance(error, Refused):
        reply.numeric(error.numeric, *error.params)
    elif isinstance(error, Failed):
        reply.fail(verb, error.code, *error.params)
    else:
        log.error("failed connection=%d command=%s", reply.session.id, verb, exc_info=error)
        reply.fail(
            verb, "INTERNAL_ERROR", "Something went wrong here; it has been written to the server's log"
        )
