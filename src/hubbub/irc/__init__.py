"""The language: wire format, names, masks, numerics, mode strings and text. Imports nothing of ours."""
