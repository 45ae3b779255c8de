"""Accounts, as others learn of them.  https://ircv3.net/specs/extensions/account-notify

Nobody logs in while connected, so there is nothing to notify of: an arrival's account comes with its JOIN.
"""

from __future__ import annotations

from hubbub.core.capability import capability

ACCOUNT_NOTIFY = capability("account-notify")
