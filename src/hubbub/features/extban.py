"""Extended bans: tokens by which clients learn how to ban an account.

https://ircv3.net/specs/extensions/account-extban; Modern IRC, "EXTBAN Parameter". What they mean is in core.bans.
"""

from __future__ import annotations

from hubbub.core.bans import ACCOUNT, MUTE
from hubbub.core.capability import isupport

isupport("EXTBAN", f"~,{ACCOUNT}{MUTE}")
isupport("ACCOUNTEXTBAN", ACCOUNT)
