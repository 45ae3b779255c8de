"""Names of people and rooms: which are allowed, which are the same, which look the same, and which are free.

Owns the alphabet of names. Knows not who is here: whoever asks for a free name says which are taken.
A name's length counts code points, and its UTF-8 form may take twice as many bytes, no more: so a source
and a target leave room for text in a line of 512 bytes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from itertools import chain

_MARKS_PER_LETTER = 4  # more than any living language stacks
_PROBES = range(2, 10)

_ASCII_LOWER = {letter: letter + 32 for letter in range(ord("A"), ord("Z") + 1)}

# Modern IRC, "Clients", less all that begins a channel, shows a rank, or means something in masks and lists.
_ASCII_NICK = re.compile(r"[A-Za-z\[\]{}\\|^_`][A-Za-z0-9\[\]{}\\|^_`-]*")
_SECOND_DOT = re.compile("(?<=[ij])\u0307+")
_NOT_OF_USER = re.compile(r"[^A-Za-z0-9._-]+")
# Modern IRC, "Channels", and * ? as they mean something in masks, : as RFC 2812 1.3 has it.
_NOT_OF_CHANNEL = frozenset(" ,*?:")

# Letters, marks, numbers, emoji and currency signs. Not math signs, many of which look like what is refused.
_NICK_CATEGORIES = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd", "Nl", "No", "So", "Sk", "Sc"})
# Drawn as nothing at all, though their category says letter, mark or symbol (Default_Ignorable_Code_Point).
_BLANK = frozenset(
    chain(
        (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0),
        range(0x180B, 0x1810),
        range(0xFE00, 0xFE10),
        range(0xE0100, 0xE01F0),
    )
)

# What looks like each letter: the single characters that Unicode's confusables.txt (14.0, UTS #39) maps to an
# ASCII letter or digit and that compatibility decomposition does not. Capitals like I are with "i", not "l".
_LOOKALIKES = {
    "2": "1A7 3E8 14BF A644 A6EF A75A",
    "3": "1B7 21C 417 4E0 2CCC A76A A7AB 118CA 16F3B 1D206",
    "4": "13CE 118AF",
    "5": "1BC 118BB",
    "6": "431 13EE 2CD2 118D5",
    "7": "104D2 118C6 1D212",
    "8": "222 223 9EA A6A 1031A 1E8CB",
    "9": "9ED A67 B68 D6D 2CCA A76E 118AC 118CC 118D6",
    "a": "251 391 3B1 410 430 13AA 15C5 237A A4EE 102A0 16F40",
    "b": "184 392 412 42C 13CF 13F4 1472 15AF 15F7 A4D0 A7B4 10282 102A1 10301",
    "c": "421 441 13DF 1D04 2CA4 2CA5 A4DA ABAF 102A2 10302 10415 1043D 1051C 118E9 118F2 1F74C",
    "d": "501 13A0 13E7 146F 15DE 15EA A4D2 A4D3",
    "e": "395 415 435 4BD 13AC 212E 22FF 2D39 A4F0 AB32 10286 118A6 118AE",
    "f": "3DC 584 15B4 1E9D A4DD A798 A799 AB35 10287 102A5 10525 118A2 118C2 1D213",
    "g": "18D 261 50C 581 13C0 13F3 1D83 A4D6",
    "h": "397 41D 4BB 570 13BB 13C2 157C 2C8E A4E7 102CF",
    "i": "131 196 269 26A 399 3B9 406 456 4C0 4CF 13A5 2373 2C92 A647 AB75 118C3",
    "j": "37F 3F3 408 458 13AB 148D A4D9 A7B2",
    "k": "39A 41A 13E6 16D5 2C94 A4D7 10518",
    "l": (
        "1C0 5D5 5DF 627 661 6F1 7CA 13DE 14AA 16C1 2223 23FD 2CD0 2D4F A4E1 A4F2 1028A 10309 10320 "
        "1041B 10526 118A3 118B2 16F16 16F28 1D22A 1E8C7"
    ),
    "m": "39C 3FA 41C 13B7 15F0 16D6 2C98 A4DF 102B0 10311",
    "n": "39D 578 57C 2C9A A4E0 10513",
    "o": (
        "39F 3BF 3C3 41E 43E 555 585 5E1 647 665 6BE 6C1 6D5 6F5 7C0 966 9E6 A66 AE6 B20 B66 BE6 "
        "C66 CE6 D20 D66 E50 ED0 101D 1040 10FF 12D0 1D0F 1D11 2C9E 2C9F 2D54 3007 A4F3 AB3D 10292 "
        "102AB 10404 1042C 104C2 104EA 10516 114D0 118B5 118C8 118D7 118E0"
    ),
    "p": "3A1 3C1 420 440 13E2 146D 2374 2CA2 2CA3 A4D1 10295",
    "q": "51B 563 566 2D55",
    "r": "1A6 433 13A1 13D2 1587 1D26 2C85 A4E3 AB47 AB48 AB81 104B4 16F35 1D216",
    "s": "1BD 405 455 54F 13D5 13DA A4E2 A731 ABAA 10296 10420 10448 118C1 16F3A",
    "t": "3A4 422 13A2 22A4 27D9 2CA6 A4D4 10297 102B1 10315 118BC 16F0A 1F768",
    "u": "28B 3C5 54D 57D 1200 144C 1D1C 222A 22C3 A4F4 A79F AB4E AB52 104CE 104F6 118B8 118D8 16F42",
    "v": (
        "3BD 474 475 5D8 667 6F7 13D9 142F 1D20 2228 22C1 2D38 A4E6 A6DF ABA9 1051D 11706 118A0 "
        "118C0 16F08 1D20D"
    ),
    "w": "26F 461 51C 51D 561 13B3 13D4 1D21 A4EA AB83 1170A 1170E 1170F 118E6 118EF",
    "x": (
        "D7 3A7 425 445 1541 157D 166D 16B7 2573 292B 292C 2A2F 2CAC 2D5D A4EB A7B3 10290 102B4 "
        "10317 10322 10527 118EC"
    ),
    "y": ("263 28F 3A5 3B3 423 443 4AE 4AF 10E7 13A9 13BD 1D8C 1EFF 2CA8 A4EC AB5A 102B2 118A4 118DC 16F43"),
    "z": "396 13C3 1D22 A4DC AB93 102F5 118A9 118C4 118E5",
}


def _translation() -> dict[int, str]:
    exact = {int(code, 16): ascii_ for ascii_, codes in _LOOKALIKES.items() for code in codes.split()}
    # The other case of a look-alike follows it, unless it has a look of its own (Greek nu is n and v).
    other_case = {ord(other): exact[code] for code in exact if len(other := chr(code).swapcase()) == 1}
    return {code: ascii_ for code, ascii_ in (other_case | exact).items() if code > 0x7F}


_TO_ASCII = _translation()


def fold(name: str) -> str:
    """What makes two names the same: CASEMAPPING=ascii, so only A-Z have a small form."""
    return name.lower() if name.isascii() else name.translate(_ASCII_LOWER)


def skeleton(name: str) -> str:
    """Equal for names that look alike. A name all in ASCII looks like nothing but itself: 0 is not O."""
    if name.isascii():
        return fold(name)
    text = unicodedata.normalize("NFKD", name).translate(_TO_ASCII).casefold().translate(_TO_ASCII)
    return unicodedata.normalize("NFKC", _SECOND_DOT.sub("", text))


def is_nick(name: str, longest: int = 32) -> bool:
    if name.isascii():
        return len(name) <= longest and _ASCII_NICK.fullmatch(name) is not None
    if not _fits(name, longest) or not _may_begin_nick(name[0]):
        return False
    return "".join(_of_nick(name)) == name


def _fits(name: str, longest: int) -> bool:
    # U+FFFD stands for bytes that were no text; nobody can be meant by it.
    return (
        "\ufffd" not in name and len(name) <= longest and len(name.encode("utf-8", "replace")) <= 2 * longest
    )


def _may_begin_nick(letter: str) -> bool:
    return letter != "-" and not letter.isdigit() and not _is_mark(letter)


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter)[0] == "M"


def _of_nick(letters: Iterable[str]) -> Iterable[str]:
    """The letters that a nick may hold, without marks beyond the number that one letter may carry."""
    marks = 0
    for letter in filter(_may_be_in_nick, letters):
        marks = marks + 1 if _is_mark(letter) else 0
        if marks <= _MARKS_PER_LETTER:
            yield letter


def _may_be_in_nick(letter: str) -> bool:
    if letter.isascii():
        return letter in "-0123456789" or _ASCII_NICK.fullmatch(letter) is not None
    if unicodedata.category(letter) not in _NICK_CATEGORIES or ord(letter) in _BLANK:
        return False
    # No full-width @ nor any other disguise of what may not be in a nick itself.
    plain = unicodedata.normalize("NFKC", letter)
    return plain == letter or all(map(_may_be_in_nick, plain))


def is_channel(name: str, longest: int = 64) -> bool:
    if name[:1] != "#" or len(name) < 2 or not _fits(name, longest):
        return False
    return all(map(_may_be_in_channel, name))


def _may_be_in_channel(letter: str) -> bool:
    # isprintable is false for controls, format characters, surrogates and all separators but the space.
    return letter.isprintable() and letter not in _NOT_OF_CHANNEL and ord(letter) not in _BLANK


def to_user(text: str, longest: int = 20) -> str:
    """A user name made from what a client says it is, which may be anything."""
    return _NOT_OF_USER.sub("", text).lstrip(".-")[:longest] or "user"


def suggest(wanted: str, taken: Callable[[str], bool], longest: int = 32) -> str:
    """A free and valid name, as near to the wanted one as can be; guest where nothing is left of it."""
    base = _repair(wanted, longest) or _cut("guest", longest)
    if not taken(base):
        return base
    return _first_free(base, taken, longest)


def _repair(wanted: str, longest: int) -> str:
    # A bound first: composing what is hostile costs time. No name gets longer by it.
    text = unicodedata.normalize("NFC", wanted[: 4 * longest]).strip().replace(" ", "_")
    text = "".join(_of_nick(text))
    while text and _is_mark(text[0]):
        text = text[1:]
    if text and not _may_begin_nick(text[0]):
        text = "_" + text
    return _cut(text, longest)


def _cut(name: str, longest: int) -> str:
    return name[:longest].encode("utf-8", "replace")[: 2 * longest].decode("utf-8", "ignore")


def _first_free(base: str, taken: Callable[[str], bool], longest: int) -> str:
    """The first few numbers in turn, then by doubling and halving: few questions among many guests."""
    for number in _PROBES:
        if not taken(name := _numbered(base, number, longest)):
            return name
    low, high = _PROBES.stop - 1, 2 * _PROBES.stop
    while taken(_numbered(base, high, longest)):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if taken(_numbered(base, middle, longest)) else (low, middle)
    return _numbered(base, high, longest)


def _numbered(base: str, number: int, longest: int) -> str:
    """alice2, and r2d2_2 where a digit stands at the end already."""
    ending = f"_{number}" if base[-1].isdigit() else str(number)
    if len(ending) >= longest:
        raise LookupError("every name is taken")
    kept = base[: longest - len(ending)]
    while not _fits(kept + ending, longest):
        kept = kept[:-1]
    return kept + ending
