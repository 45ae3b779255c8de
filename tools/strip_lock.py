"""web/package-lock.json without what differs from one maintainer to the next or is nobody's business here.

    python tools/strip_lock.py [FILE]

Removes `resolved`, the address that a package came from (npm then takes it from the registry of whoever installs, and
`integrity` says that it is the same), and `funding`, the addresses of sponsors. Called by `make lock`, after npm.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

LOCK = Path(__file__).resolve().parent.parent / "web" / "package-lock.json"
DROPPED = ("resolved", "funding")


def stripped(lock: str) -> str:
    """The text of a lock file without these keys, in npm's own format."""
    content = json.loads(lock)
    for package in content.get("packages", {}).values():
        # A package of this repository is a link, and `resolved` its folder.
        for key in () if package.get("link") else DROPPED:
            package.pop(key, None)
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> None:
    path = Path(arguments[0]) if arguments else LOCK
    path.write_text(stripped(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
