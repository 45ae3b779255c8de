"""All about the package is in pyproject.toml, but for the one part that is compiled where that is possible."""

from setuptools import Extension, setup

# Optional: without a compiler the same loops run in Python (hubbub/fanout.py).
setup(ext_modules=[Extension("hubbub._fanout", ["src/hubbub/_fanout.c"], optional=True)])
