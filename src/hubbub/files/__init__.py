"""Contents of files on the disk: kept by digest, taken in pieces, images cleaned. Knows no chat and no HTTP.

Everything here blocks: call it beside the loop.
"""
