"""How hubbub was started, as one would type it again.

Knows nothing of ours, so that the server's banner and the client's last words may both ask.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path


def as_started() -> str:
    """What starts this very program again, typed into the shell that it was started from."""
    return as_typed(Path(sys.argv[0]), Path(sys.executable), Path.cwd(), os.environ.get("PATH"))


def as_typed(running: Path, python: Path, folder: Path, path: str | None) -> str:
    """What starts the running program again, typed into a shell in this folder."""
    script = running if running.stem == "hubbub" else python.with_name("hubbub")
    if not script.is_file():
        return f"{_from(folder, python)} -m hubbub"
    found = shutil.which("hubbub", path=path)
    if found and os.path.samefile(found, script):
        return "hubbub"
    return _from(folder, script)


def _from(folder: Path, program: Path) -> str:
    # Not resolved: what .venv/bin/python links to knows nothing of .venv.
    program = folder / program
    if not program.is_relative_to(folder):
        return shlex.quote(str(program))
    relative = str(program.relative_to(folder))
    return shlex.quote(relative if os.sep in relative else os.path.join(os.curdir, relative))
