"""The terminal client: the window, and what holds its parts together from the first key to the last.

Owns the widgets, the networks and what is remembered. What networks tell is shown by showing.py; the actions of keys
stand in navigation.py and message_actions.py; what commands may do is desk.py. Called by cli.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical

from hubbub.client.address import DEFAULT_PORT, to_address
from hubbub.client.connection import Encryption
from hubbub.client.events import Phase
from hubbub.client.history import PAGE
from hubbub.client.network import Network
from hubbub.client.registration import Identity
from hubbub.client.settings import Server, Settings, SettingsError, find_file
from hubbub.client.trust import Trust
from hubbub.tui import keys, themes
from hubbub.tui.commands import COMMANDS
from hubbub.tui.composer import Composer
from hubbub.tui.desk import AppDesk
from hubbub.tui.keymap import Context, Keymap, read_keys
from hubbub.tui.memory import Memory
from hubbub.tui.message_actions import MessageActions
from hubbub.tui.navigation import Navigation
from hubbub.tui.people_list import PeopleList
from hubbub.tui.room_list import RoomList
from hubbub.tui.showing import Showing
from hubbub.tui.status import Banner, StatusLine
from hubbub.tui.terminal import Terminal, driver_write
from hubbub.tui.timeline_view import TimelineView
from hubbub.tui.top_bar import TopBar
from hubbub.tui.typed import is_secret, reads_as
from hubbub.tui.windows import Window, Windows
