"""TOPIC: what a room is about.  Modern IRC, TOPIC"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from hubbub.core.capability import isupport
from hubbub.core.command import Context, command
from hubbub.core.event import Event
from hubbub.core.hub import restores
from hubbub.core.ledger import Put
from hubbub.core.model import Channel, Topic
from hubbub.core.modes import channel_mode
from hubbub.core.policy import may_operate, may_see, outside
from hubbub.core.refusal import no_such_channel
from hubbub.core.rooms import door_put
from hubbub.irc import numerics
from hubbub.irc.text import clip

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.delivery import Audience
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact

OPERATORS_ONLY = channel_mode("t", "never", "Only channel operators may change the topic")

isupport("TOPICLEN", lambda settings: settings.limits.topic)


@command("TOPIC")
def topic(ctx: Context, channel: Channel, text: str | None = None) -> None:
    """TOPIC <room> [:<text>]: show what a room is about, or change it; an empty text removes it."""
    if text is None:
        _show(ctx, channel)
        return
    user = ctx.user
    if user not in channel.members and not user.acts_as_operator:
        raise outside(channel, user, ctx.message.params[0])
    if OPERATORS_ONLY in channel.modes:
        may_operate(channel, user)
    changed = TopicChanged(
        user=user.id,
        source=user.source,
        account=user.account,
        room=channel.id,
        name=channel.name,
        text=clip(text, ctx.hub.settings.limits.topic),
        at_ms=ctx.hub.clock(),
    )
    ctx.propose(changed, puts=(changed.put(), door_put(channel.id)))


def _show(ctx: Context, channel: Channel) -> None:
    if not may_see(channel, ctx.user):
        raise no_such_channel(ctx.message.params[0])
    found = channel.topic
    if found is None:
        ctx.numeric(numerics.RPL_NOTOPIC, channel.name, "No topic is set")
        return
    ctx.numeric(numerics.RPL_TOPIC, channel.name, found.text)
    at = str(found.at_ms // 1000)
    ctx.reply.line(
        f":{ctx.hub.name} {numerics.RPL_TOPICWHOTIME} {ctx.user.nick} {channel.name} {found.by} {at}"
    )


class TopicChanged(Event, frozen=True):
    """A room is about something else now."""

    keep = True
    user: str
    source: str
    room: str
    name: str
    text: str
    at_ms: int
    account: str = ""

    def topic(self) -> str:
        return f"room/{self.room}"

    def put(self) -> Put:
        record = Topic(self.text, self.source, self.at_ms)
        return Put(f"topic/{self.room}", msgspec.json.encode(record) if self.text else None)

    def apply(self, hub: Hub) -> Audience:
        channel = hub.channels_by_id.get(self.room)
        if channel is None:
            return {}
        channel.topic = Topic(self.text, self.source, self.at_ms) if self.text else None
        return channel.audience

    def render(self, to: Profile, fact: Fact) -> str:
        return f"{to.tag_prefix(self, fact)}:{self.source} TOPIC {self.name} :{self.text}"


@restores("topic")
def _restore_topic(hub: Hub, room: str, value: bytes) -> None:
    hub.settings_of(room).topic = msgspec.json.decode(value, type=Topic)
