"""All about the package is in pyproject.toml, but for what is made before it is packed: C, and the browser client."""

import os
import subprocess
import sys
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

TOOL = Path(__file__).resolve().parent / "tools" / "build_web.py"


def build_web() -> None:
    """The browser client into src/hubbub/static; without Node.js and the network hubbub is installed without it."""
    wish = os.environ.get("HUBBUB_WEB", "")
    if wish == "no" or not TOOL.is_file():
        return
    # A process of its own: whatever goes wrong there is no reason to have no hubbub at all.
    done = subprocess.run([sys.executable, str(TOOL)], check=False)  # noqa: S603  a tool of ours, nothing from outside
    if done.returncode and wish == "must":
        raise SystemExit("HUBBUB_WEB=must, and the browser client was not built")


class BuildPy(build_py):
    """The modules, and before them the client that is packed with them."""

    def run(self) -> None:
        build_web()
        super().run()


class Sdist(sdist):
    """With the built client: whoever installs from it needs no Node.js."""

    def run(self) -> None:
        build_web()
        super().run()


setup(
    # Optional: without a compiler the same loops run in Python (hubbub/fanout.py).
    ext_modules=[Extension("hubbub._fanout", ["src/hubbub/_fanout.c"], optional=True)],
    cmdclass={"build_py": BuildPy, "sdist": Sdist},
)
