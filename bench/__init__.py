"""Measures IRC servers: how much work a delivery costs, how long it takes, and that nothing goes missing.

Not part of the hubbub package and knows nothing of its inside: every server is spoken to by address.
Run it as `python -m bench`; README.md beside this file explains what is measured and how to read it.
"""
