"""Files: where to send them, who may, and which there are.  docs/specs/upload.md

ISUPPORT soju.im/FILEHOST is after https://codeberg.org/emersion/soju/src/branch/master/doc/ext/filehost.md. UPLOAD
gives a token with which a client may send a file without a password; FILES lists what a conversation has. The
files themselves travel by HTTP (hubbub.net.web.uploads).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.capability import capability, isupport
from hubbub.core.command import Context, command, unknown_command
from hubbub.core.conversations import direct_topic, readable
from hubbub.core.files import MIB, File, files, link_to
from hubbub.core.policy import is_guest_kept_out, may_see, may_speak
from hubbub.core.refusal import Failed
from hubbub.core.reply import middle
from hubbub.core.targets import find_addressee
from hubbub.core.uploading import grant
from hubbub.core.vendor import VENDOR
from hubbub.core.web_address import web_address
from hubbub.irc.names import fold
from hubbub.irc.times import to_timestamp

if TYPE_CHECKING:
    from hubbub.config import Settings
    from hubbub.core.model import User
    from hubbub.core.session import Session

NOWHERE = "*"
SHOWN = 50
"""Files that FILES lists if it isn't told how many …"""
MOST = 500
"""… and in any case."""


def _limits(settings: Settings) -> str:
    return f"max-size={settings.files.max_size * MIB}" if settings.files.enabled else ""


def _url(session: Session) -> str | bool:
    # "Clients MUST refuse to use unencrypted URI transports … if the IRC connection is encrypted."
    enabled = session.hub.settings.files.enabled
    return f"{web_address(session.hub, secure=session.secure)}/files" if enabled else False


UPLOAD = capability(f"{VENDOR}upload", _limits, shapes=False)
isupport("soju.im/FILEHOST", lambda settings: settings.files.enabled, offers=_url)


@command("UPLOAD", cost=2)
def upload(ctx: Context, target: str) -> None:
    """UPLOAD <room, nick or *>: ask for an address and a token to send a file with (needs hubbub.chat/upload)."""
    if not ctx.session.has(UPLOAD):
        raise unknown_command(ctx.session, "UPLOAD")
    if not ctx.hub.settings.files.enabled:
        raise Failed("UPLOADS_DISABLED", middle(target), "This server takes no files")
    topic, shown = _destination(ctx, ctx.user, target)
    token, expires_ms = grant(ctx.hub, ctx.user, topic)
    address = web_address(ctx.hub, secure=ctx.session.secure)
    ctx.reply.line(f":{ctx.hub.name} UPLOAD {shown} {address}/files {token} {to_timestamp(expires_ms)}")


def _destination(ctx: Context, user: User, target: str) -> tuple[str, str]:
    """The topic and the name of a conversation in which the user may say something."""
    if target == NOWHERE:
        return "", NOWHERE
    if not target.startswith("#"):
        to = find_addressee(ctx.hub, ctx.session, target)
        if to is None:
            raise _no_such_target(target)
        return direct_topic(user.id, to.id), to.nick
    channel = ctx.hub.channels.get(fold(target))
    if channel is None or not may_see(channel, user):
        raise _no_such_target(target)
    may_speak(channel, user)
    if is_guest_kept_out(ctx.hub.settings, user, channel.name):
        raise Failed("ACCOUNT_REQUIRED", channel.name, "Guests may not talk there; log in first")
    return channel.log_topic, channel.name


def _no_such_target(target: str) -> Failed:
    return Failed("INVALID_TARGET", middle(target), "There is nobody, and no room, of that name")


@command("FILES", cost=3)
async def files_(ctx: Context, target: str, most: int = SHOWN) -> None:
    """FILES <room or nick> [<number>]: list the files of a room that you are in, or of a direct conversation."""
    # That a file belongs here is a fact of its own, which comes after the message with its link.
    await ctx.hub.ledger.flush()
    conversation = readable(ctx.hub, ctx.user, target)
    if conversation is None:
        raise Failed("INVALID_TARGET", middle(target), "You can't see the files there")
    found = files(ctx.hub).of(conversation.topic)
    shown = found[-min(most, MOST) :] if most else []
    for file in shown:
        _tell(ctx, conversation.name, file)
    ctx.reply.standard(
        "NOTE", "FILES", "END", conversation.name, str(len(found)), _count(len(found), len(shown))
    )


def _tell(ctx: Context, name: str, file: File) -> None:
    link = link_to(ctx.hub, file, secure=ctx.session.secure)
    when = to_timestamp(file.at_ms)
    ctx.reply.standard("NOTE", "FILES", "FILE", name, str(file.size), file.by, when, link, file.name)


def _count(number: int, shown: int) -> str:
    if not number:
        return "No files"
    listed = f", the last {shown} of them listed" if shown < number else ""
    return f"{number} file{'' if number == 1 else 's'}{listed}"
