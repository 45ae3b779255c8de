"""The conformance table: what is spoken here, after which specification, held by which tests.

Read off the source: declarations and uses are found in the modules' syntax trees, specifications in their
docstrings, tests by the words that they contain.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from hubbub.core.vendor import VENDOR
from hubbub.irc import numerics

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "hubbub"
TESTS = ROOT / "tests"
DECLARATIONS = {"capability": "Capabilities", "command": "Commands", "isupport": "ISUPPORT tokens"}
MODERN = "Modern IRC"
SHOWN = 3
"""Tests named for one item; more are counted."""

URL = re.compile(r"https://[^\s,;:)]+:?[^\s,;:)]+|docs/specs/[a-z-]+\.md")
EXTENSIONS = "https://ircv3.net/specs/extensions/"
RATIFIED_OR_DRAFT = frozenset(
    {
        "account-notify",
        "account-registration",
        "account-tag",
        "away-notify",
        "batch",
        "capability-negotiation",
        "channel-rename",
        "chathistory",
        "chghost",
        "echo-message",
        "extended-isupport",
        "extended-join",
        "extended-monitor",
        "invite-notify",
        "labeled-response",
        "message-redaction",
        "message-tags",
        "monitor",
        "multi-prefix",
        "multiline",
        "network-icon",
        "no-implicit-names",
        "oper-tag",
        "pre-away",
        "read-marker",
        "server-time",
        "setname",
        "standard-replies",
        "sts",
        "userhost-in-names",
        "whox",
    }
)
"""Names of capabilities that are names of pages, too."""
RFC = re.compile(r"RFC \d+")


class Item:
    """Something that is spoken: where it is declared, and the specifications named there."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.specifications: dict[str, None] = {}


def conformance_page() -> str:
    """The whole page."""
    found = _declared()
    parts = [_HEAD]
    for kind in DECLARATIONS.values():
        parts.append(_table(kind, "name", sorted(found[kind].values(), key=lambda item: item.name)))
    parts.append(
        _table("Numerics", "numeric", sorted(found["Numerics"].values(), key=lambda item: item.name))
    )
    return "\n".join(parts)


def untested() -> list[str]:
    """Every item that no test mentions."""
    return [
        item.name for items in _declared().values() for item in items.values() if not _tests(_word(item.name))
    ]


_HEAD = """# Conformance

What this server speaks, the specification that each part follows, and the tests that hold it. "Modern IRC" is
<https://modern.ircdocs.horse/>. Conversations are `tests/scenarios/*.chat`; each cites the paragraph it stands for.
"""


def _table(title: str, column: str, items: list[Item]) -> str:
    lines = [f"## {title}", "", f"| {column} | specification | tests |", "|---|---|---|"]
    for item in items:
        named = ", ".join(_linked(text) for text in item.specifications) or MODERN
        lines.append(f"| `{item.name}` | {named} | {_shown(_tests(_word(item.name)))} |")
    return "\n".join([*lines, ""])


def _linked(text: str) -> str:
    if text.startswith("https://"):
        return f"[{text.rstrip('/.').rpartition('/')[2]}]({text.rstrip('.')})"
    return f"[{Path(text).stem}]({text.removeprefix('docs/')})" if text.startswith("docs/") else text


def _shown(tests: list[str]) -> str:
    more = f" and {len(tests) - SHOWN} more" if len(tests) > SHOWN else ""
    return ", ".join(tests[:SHOWN]) + more or "—"


def _word(name: str) -> str:
    """What a test would write: for a numeric its digits."""
    return name.split()[0]


@cache
def _texts() -> dict[str, str]:
    """What each test file says, by the name under which the page shows it; several may have the same."""
    found: dict[str, str] = defaultdict(str)
    for path in [*sorted(TESTS.rglob("*.chat")), *sorted(TESTS.rglob("test_*.py"))]:
        found[path.stem if path.suffix == ".chat" else path.name] += path.read_text()
    return found


def _tests(word: str) -> list[str]:
    pattern = re.compile(rf"(?<![\w/-]){re.escape(word)}(?![\w/-])")
    named = [name for name, text in _texts().items() if pattern.search(text)]
    # A file named like the thing comes first.
    return sorted(named, key=lambda name: (word.lower().rpartition("/")[2] not in name.lower(), name))


def _declared() -> dict[str, dict[str, Item]]:
    found: dict[str, dict[str, Item]] = defaultdict(dict)
    for path in sorted(SOURCE.glob("core/*.py")) + sorted(SOURCE.glob("features/**/*.py")):
        tree = ast.parse(path.read_text())
        # A feature of several files has its specifications in __init__.py.
        package = ast.parse(path.with_name("__init__.py").read_text())
        specifications = _specifications(f"{ast.get_docstring(package)} {ast.get_docstring(tree)}")
        for kind, name in (*_declarations(tree), *_numerics(tree)):
            item = found[kind].setdefault(name, Item(name))
            item.specifications.update(dict.fromkeys(_narrowed(name, specifications)))
    return found


def _narrowed(name: str, specifications: list[str]) -> list[str]:
    """The specification of just this name, where there is a page of it; else all that its file follows."""
    bare = name.lower().rpartition("/")[2]
    own = [text for text in specifications if text.rstrip("/.").endswith(f"/{bare}")]
    return own or ([EXTENSIONS + bare] if bare in RATIFIED_OR_DRAFT else specifications)


def _specifications(docstring: str) -> list[str]:
    modern = [MODERN] if MODERN in docstring else []
    return modern + URL.findall(docstring) + RFC.findall(docstring)


def _declarations(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if not (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DECLARATIONS
        ):
            continue
        names = [name for arg in node.args if (name := _text(arg))]
        kept = names if node.func.id == "command" else names[:1]
        for name in kept:
            yield DECLARATIONS[node.func.id], name


def _text(node: ast.expr) -> str:
    """A string as it is written, VENDOR filled in; "" for anything else."""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            _text(part.value if isinstance(part, ast.FormattedValue) else part) for part in node.values
        )
    if isinstance(node, ast.Name) and node.id == "VENDOR":
        return VENDOR
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _numerics(tree: ast.Module) -> Iterator[tuple[str, str]]:
    known = {name: code for name, code in vars(numerics).items() if name.startswith(("RPL_", "ERR_"))}
    for node in ast.walk(tree):
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name in known:
            yield "Numerics", f"{known[name]} {name}"
