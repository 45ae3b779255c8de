"""The line mode: IRC for somebody who types lines and reads lines, as a machine without I/O."""
