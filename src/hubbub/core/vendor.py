"""The prefix of every capability and tag of our own (message-tags, "Vendor-Specific")."""

VENDOR = "hubbub.chat/"
