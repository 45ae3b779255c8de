"""What differs between draft/metadata-2 and draft/metadata-3: the capability and the refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubbub.core.capability import capability
from hubbub.core.command import Context
from hubbub.core.metadata import LONGEST_KEY
from hubbub.core.refusal import Failed, need_more_params
from hubbub.core.reply import BATCH

if TYPE_CHECKING:
    from hubbub.config import Settings
    from hubbub.core.session import Session


def _limits(settings: Settings) -> str:
    limits = settings.limits
    return (
        f"before-connect,max-subs={limits.metadata_subscriptions},max-keys={limits.metadata_keys},"
        f"max-value-bytes={limits.metadata_value}"
    )


METADATA_2 = capability("draft/metadata-2", _limits, shapes=False, excludes="draft/metadata-3")
METADATA_3 = capability(
    "draft/metadata-3",
    lambda settings: f"{_limits(settings)},max-key-bytes={LONGEST_KEY}",
    shapes=False,
    excludes="draft/metadata-2",
)


def is_aware(session: Session) -> bool:
    return session.has(BATCH) and (session.has(METADATA_2) or session.has(METADATA_3))


def is_3(ctx: Context) -> bool:
    return ctx.session.has(METADATA_3)


# -- refusals ------------------------------------------------------------------------------------------------


def missing(ctx: Context, subcommand: str) -> Exception:
    if is_3(ctx):
        return Failed("INVALID_PARAMS", subcommand, "Not enough parameters")
    return need_more_params("METADATA")


def unknown_subcommand(ctx: Context, subcommand: str) -> Failed:
    return Failed("INVALID_PARAMS" if is_3(ctx) else "SUBCOMMAND_INVALID", subcommand, "Invalid subcommand")


def no_such_target(name: str) -> Failed:
    return Failed("INVALID_TARGET", name, "Invalid metadata target")


def no_permission(asked: str, key: str) -> Failed:
    return Failed("KEY_NO_PERMISSION", asked, key, "You do not have permission to do that")


def code_for_key(ctx: Context) -> str:
    return "INVALID_KEY" if is_3(ctx) else "KEY_INVALID"


def warn_of_key(ctx: Context, key: str) -> None:
    """A wrong key among several; standard-replies: FAIL is for a command that failed, which -2 doesn't heed."""
    kind = "WARN" if is_3(ctx) else "FAIL"
    ctx.reply.standard(kind, "METADATA", code_for_key(ctx), key, "Invalid key")


def invalid_value(ctx: Context, key: str) -> Failed:
    why = "The value is too long"
    return Failed("INVALID_VALUE", key, why) if is_3(ctx) else Failed("VALUE_INVALID", why)


def limit_reached(ctx: Context, code: str, item: str, most: int) -> tuple[str, ...]:
    """The code and parameters that say that there is room for no more."""
    why = f"No more than {most} keys"
    return ("LIMIT_REACHED", item, str(most), why) if is_3(ctx) else (code, item, why)
