"""Setting and removing keys: the event, what its author is answered, and what guests take along."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from hubbub.core.accounts import accounts
from hubbub.core.command import Context, submit
from hubbub.core.delivery import NOBODY, Audience, audience_of
from hubbub.core.event import Event
from hubbub.core.login import LOGINS
from hubbub.core.metadata import (
    Changes,
    Values,
    account_puts,
    change,
    change_person,
    room_puts,
    take_from_guest,
    values_of,
)
from hubbub.core.monitoring import Monitors
from hubbub.core.registration import BURSTS
from hubbub.core.reply import Reply
from hubbub.features.metadata.telling import Interest, Item, chosen, news_line, send_items, tell
from hubbub.features.metadata.versions import METADATA_3, is_aware
from hubbub.irc.wire import Message

if TYPE_CHECKING:
    from hubbub.core.capability import Profile
    from hubbub.core.hub import Hub
    from hubbub.core.ledger import Fact
    from hubbub.core.model import Channel, User
    from hubbub.core.session import Session


class Owner(NamedTuple):
    """Whose metadata is meant. `asked`: as the client named it; neither user nor room: a client without a name."""

    name: str
    asked: str
    values: Values
    user: User | None = None
    room: Channel | None = None


def propose(
    ctx: Context, by: User, owner: Owner, changes: Changes, *, asked: str = "", cleared: bool = False
) -> None:
    of = owner.room or owner.user
    assert of is not None
    lasting = owner.user is not None and bool(owner.user.account)
    puts = room_puts(of.id, changes) if owner.room else account_puts(of.id, changes) if lasting else ()
    event = MetadataSet(
        user=by.id,
        source=by.source,
        account=by.account,
        of=of.id,
        is_room=owner.room is not None,
        name=owner.name,
        changes=changes,
        asked=asked,
        cleared=cleared,
    )
    ctx.propose(event, puts=puts)


def confirm(reply: Reply, asked: str, changes: Changes, cleared: bool) -> None:
    """One numeric for a SET; for a CLEAR a batch of RPL_KEYNOTSET.

    (-2 named RPL_KEYVALUE there, which says the contrary; put right in ircv3-specifications#605.)
    """
    if not cleared:
        for key, value in changes.items():
            tell(reply, Item(asked, key, value))
        return
    name = reply.session.display_nick if asked == "*" else asked
    with reply.batch(f"metadata {name}"):
        for key in changes:
            tell(reply, Item(name, key, None))


class MetadataSet(Event, frozen=True):
    """Metadata of somebody or of a room is different now."""

    user: str
    source: str
    of: str
    name: str
    changes: dict[str, str | None]
    is_room: bool = False
    asked: str = ""
    """How its author named whose it is; "" if there is nothing to confirm."""
    cleared: bool = False
    account: str = ""

    def apply(self, hub: Hub) -> Audience:
        concerned = self._apply_to_room(hub) if self.is_room else self._apply_to_person(hub)
        told = [session for session in dict.fromkeys(concerned) if self._concerns(hub, session)]
        for session in told:
            if session.has(METADATA_3):
                self._tell_by_numerics(session)
        return audience_of(session for session in told if not session.has(METADATA_3))

    def _apply_to_room(self, hub: Hub) -> Iterable[Session]:
        room = hub.channels_by_id.get(self.of)
        if room is None:
            return ()
        change(room.metadata, self.changes)
        return room.sessions()

    def _apply_to_person(self, hub: Hub) -> Iterable[Session]:
        user = hub.users_by_id.get(self.of)
        if user is not None:
            change_person(hub, user.id, self.changes)
            return [*hub.neighbours(user), *hub.part(Monitors).of(user.nick)]
        if self.of in accounts(hub).by_id:
            change_person(hub, self.of, self.changes)
        return ()

    def _concerns(self, hub: Hub, session: Session) -> bool:
        """ "themselves (excluding changes they make themselves)", and others who subscribe to a key of it."""
        if session is hub.origin or not is_aware(session):
            return False
        return not self.changes.keys().isdisjoint(session.part(Interest).keys)

    def _tell_by_numerics(self, session: Session) -> None:
        for key, value in self.changes.items():
            if key in session.part(Interest).keys:
                tell(Reply(session), Item(self.name, key, value))

    def render(self, to: Profile, fact: Fact) -> list[str]:
        tags = to.tag_prefix(self, fact)
        return [
            f"{tags}{news_line(self.source, Item(self.name, key, value))}"
            for key, value in self.changes.items()
        ]

    def author(self) -> str:
        return self.user

    def follow(self, hub: Hub, reply: Reply) -> None:
        if self.asked and reply.session is hub.origin:
            confirm(reply, self.asked, self.changes, self.cleared)


# -- with a name, and with an account ------------------------------------------------------------------------


@BURSTS.append
def _show_own(reply: Reply) -> None:
    """What was set before there was a name is proposed now, and shown with what was there ("as part of the burst")."""
    session = reply.session
    user, interest = session.user, session.part(Interest)
    assert user is not None
    stored, most = values_of(session.hub, user), session.hub.settings.limits.metadata_keys
    own = dict(list((stored | interest.draft).items())[: max(most, len(stored))])
    changes: Changes = {key: value for key, value in own.items() if stored.get(key) != value}
    if changes:
        ctx = Context(session, Message("METADATA"), reply)
        propose(ctx, user, Owner(user.nick, "*", stored, user), changes)
        submit(ctx)
    interest.draft = {}
    if is_aware(session):
        with reply.batch(f"metadata {user.nick}"):
            send_items(reply, chosen(user.nick, own, None))


@LOGINS.append
def _keep_for_account(hub: Hub, user: User, guest: str) -> None:
    """What a guest has set stays with the account that they have logged in to, where that has nothing else."""
    known = take_from_guest(hub, guest, user)
    most = hub.settings.limits.metadata_keys
    changes: Changes = dict(list(known.items())[:most])
    change_person(hub, user.id, changes)
    if changes and user.sessions:
        hub.propose(MetadataKept(of=user.id), puts=account_puts(user.id, changes))


class MetadataKept(Event, frozen=True):
    """What somebody has set as a guest outlives a restart from now on; nobody learns anything by it."""

    of: str

    def apply(self, hub: Hub) -> Audience:
        return NOBODY

    def render(self, to: Profile, fact: Fact) -> None:
        return None
