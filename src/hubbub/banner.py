"""What `hubbub serve` prints when it is ready: where it is, every way in, where the data is and how to stop.

Text over the listeners that are really open; of the world around it only asks how hubbub was started. The server
prints it, and asks for the QR code when it runs on a terminal.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from hubbub.config import Listen, Server, Settings
from hubbub.net.addresses import is_any, is_loopback
from hubbub.program import as_started

DEFAULT_PORT = 1313
LABEL_WIDTH = 14


def banner(
    settings: Settings,
    listening: Sequence[Listen],
    data: Path,
    *,
    lan: Sequence[str] = (),
    fingerprint: str = "",
    qr: bool = False,
    console: bool = False,
    program: str = "",
) -> str:
    """`listening` are the listeners with the ports they really got, `lan` this machine's addresses.

    `program`: what one types for hubbub; found out if not given.
    """
    program = program or as_started()
    lines = [f"{settings.server.network} is ready, {_audience(listening)}.", ""]
    lines += [_row(label, way) for label, way in ways_in(listening, lan, program)]
    if fingerprint:
        lines.append(_row("certificate", fingerprint))
    lines += ["", _row("data", str(data)), _row("stop", "Ctrl+C, or type exit" if console else "Ctrl+C")]
    url = page_url(listening, lan)
    if qr and url and is_open(listening):
        lines += ["", _qr_code(url), url]
    return "\n".join(lines) + "\n"


def ways_in(listening: Sequence[Listen], lan: Sequence[str], program: str) -> list[tuple[str, str]]:
    """Label and what to type, for every address and every kind of client that a listener lets in."""
    rows: list[tuple[str, str]] = []
    for listener in listening:
        for host in hosts(listener, lan):
            rows += [("", "")] if rows else []
            rows += _ways(listener, host, program)
    return rows


def page_url(listening: Sequence[Listen], lan: Sequence[str]) -> str:
    """The web page's URL for others: the first listener that serves it, at the address seen from furthest."""
    serving = [listener for listener in listening if listener.kind in ("auto", "http")]
    best = sorted(serving, key=lambda listener: is_loopback(listener.host))
    return _url("http", hosts(best[0], lan)[0], best[0].port, usual=80) if best else ""


def page_urls(settings: Settings, listening: Sequence[Listen], lan: Sequence[str]) -> list[str]:
    """Every address at which others reach the page, the best one first; this machine's own where there is no other.

    `web.url` is how it is known outside, which a server behind a proxy or a name can't find out. A certificate that
    was set is for the server's name, and so is the link.
    """
    serving = [listener for listener in listening if listener.kind in ("auto", "http")]
    found = [settings.web.url.rstrip("/") + "/"] if settings.web.url else []
    named = settings.server.name != Server().name
    for listener in sorted(serving, key=lambda listener: not listener.certificate):
        if listener.certificate and named:
            found.append(_url("https", settings.server.name, listener.port, usual=443))
            continue
        scheme, usual = ("https", 443) if listener.certificate else ("http", 80)
        found += [_url(scheme, host, listener.port, usual) for host in hosts(listener, lan)]
    return [url for url in dict.fromkeys(found) if not _is_own(url)] or found[:1]


def _is_own(url: str) -> bool:
    """Whether an address is good on this machine only."""
    authority = url.partition("://")[2].rstrip("/")
    return is_loopback(
        authority[1:].partition("]")[0] if authority.startswith("[") else authority.partition(":")[0]
    )


def hosts(listener: Listen, lan: Sequence[str]) -> list[str]:
    """The addresses at which a listener can really be reached; the ones for others come first."""
    if not is_any(listener.host):
        return [listener.host]
    wide = [address for address in lan if (":" in address) == (":" in listener.host)]
    return [*wide, "::1" if ":" in listener.host else "127.0.0.1"]


def is_open(listening: Sequence[Listen]) -> bool:
    return not all(is_loopback(listener.host) for listener in listening)


def _audience(listening: Sequence[Listen]) -> str:
    if is_open(listening):
        return "open to everybody on your network"
    return "for this machine only (--host 0.0.0.0 opens it to your network)"


def _ways(listener: Listen, host: str, program: str) -> list[tuple[str, str]]:
    port, rows = listener.port, []
    if listener.kind in ("auto", "http"):
        rows.append(("browser", _url("http", host, port, usual=80)))
    if listener.kind != "http":
        rows += _terminal_ways(listener.kind, host, port, program)
    return rows


def _terminal_ways(kind: str, host: str, port: int, program: str) -> list[tuple[str, str]]:
    chat = ("hubbub", f"{program} chat {_authority(host, port, usual=DEFAULT_PORT)}")
    if kind == "plain":
        return [("nc", f"nc {host} {port}")]
    if kind == "tls":
        irssi = f"/connect -tls -notls_verify {host} {port}"
        return [
            (chat[0], chat[1] + " --tls"),
            ("irssi", irssi),
            ("WeeChat", f"weechat {_url('ircs', host, port)}"),
        ]
    irc = [("irssi", f"irssi -c {host} -p {port}"), ("WeeChat", f"weechat {_url('irc', host, port)}")]
    return [chat, *irc] if kind == "irc" else [chat, *irc, ("nc", f"nc {host} {port}")]


def _url(scheme: str, host: str, port: int, usual: int = 0) -> str:
    return f"{scheme}://{_authority(host, port, usual)}/"


def _authority(host: str, port: int, usual: int) -> str:
    bracketed = f"[{host}]" if ":" in host else host
    return bracketed if port == usual else f"{bracketed}:{port}"


def _row(label: str, text: str) -> str:
    return f"  {label:<{LABEL_WIDTH}}{text}" if label else ""


def _qr_code(url: str) -> str:
    import segno

    drawn = StringIO()
    segno.make(url, micro=False).terminal(drawn, compact=True, border=2)
    return drawn.getvalue().rstrip("\n")
