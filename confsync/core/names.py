"""Names for files: safe on every operating system, stable, the same on every machine."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

_DEVICES: Final = frozenset(
    ["con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))]
)
_OWN: Final = frozenset(["index", "readme"])  # a page of this name would be taken for its directory's
_UNSAFE: Final = re.compile(r'[\s/\\:*?"<>|.,;!#%&{}$\'`@+=()\[\]^~\x00-\x1f\x7f]+')
_FORBIDDEN: Final = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]|%(?=[0-9A-Fa-f]{2})')
_MAX_SLUG: Final = 120  # bytes: leaves room for "-<id>.conflict-<version>.md" in 255
_MAX_NAME: Final = 240
_PATH_BUDGET: Final = 150  # characters below the mirror's folder: the rest is for that folder, ids and `.files/…`
_LEAST: Final = 16  # characters that a name has however deep it lies


def slug(title: str) -> str:
    """Give the file name, without `.md`, of a page with this title. Never empty, never reserved, at most 120 bytes."""
    text = _UNSAFE.sub("-", unicodedata.normalize("NFC", title).lower())
    text = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Cs", "Co", "Cn"))
    text = _cut(re.sub(r"-{2,}", "-", text).strip("-_ "), _MAX_SLUG).rstrip("-_ ")
    if not text:
        return "page"
    return f"{text}-page" if text in _DEVICES or text in _OWN else text


def fitting(name: str, folder: str) -> str:
    """Cut the name of a new page's file so that its path stays short: Windows counts 260 characters to a whole path."""
    room = max(_LEAST, _PATH_BUDGET - len(folder))
    return name if len(name) <= room else name[:room].rstrip("-_ ") or name[:room]


def composed(name: str) -> str:
    """Give a name in the form in which it is the same whether or not a file system has taken its letters apart."""
    return unicodedata.normalize("NFC", name)


def fold(path: str) -> str:
    """Give the form in which two paths are the same file on some file system."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def file_names(names: Iterable[str]) -> dict[str, str]:
    """Give each attachment of one page the name of its file; only names a file system cannot hold are changed.

    The change is percent-encoding, so `attachment_name` turns it back; a name of more than 240 bytes is shortened
    with a digest, and only this mapping knows what it was.
    """
    result: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(names):
        safe = _encode(name)
        if fold(safe) in taken:
            safe = f"%{ord(name[0]):02X}{safe[1:]}" if name[0].isascii() and safe[0] != "%" else _shorten(safe, name)
        if fold(safe) in taken:
            safe = _shorten(safe, name)
        taken.add(fold(safe))
        result[name] = safe
    return result


def attachment_name(file_name: str) -> str:
    """Give the attachment's name for a file name: the inverse of the encoding of `file_names`."""
    data = re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), file_name.encode("utf-8", "replace"))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return file_name


def _encode(name: str) -> str:
    safe = _FORBIDDEN.sub(lambda match: _percent(match[0]), name)
    if unicodedata.normalize("NFC", name) != name:
        # Some file systems normalise: what is not in composed form would come back as another name.
        safe = "".join(_percent(char) if unicodedata.combining(char) else char for char in safe)
    if safe[-1:] in (".", " "):
        safe = safe[:-1] + _percent(safe[-1])
    if safe.split(".")[0].lower() in _DEVICES or safe.startswith("."):
        safe = _percent(safe[0]) + safe[1:]
    return safe if len(safe.encode("utf-8", "replace")) <= _MAX_NAME else _shorten(safe, name)


def _percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


def _shorten(safe: str, name: str) -> str:
    base, dot, extension = safe.rpartition(".")
    if not dot or len(extension) > 12:
        base, extension = safe, ""
    from hashlib import sha256

    digest = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{_cut(base, 200)}~{digest}{dot if extension else ''}{extension}"


def _cut(text: str, limit: int) -> str:
    return text.encode("utf-8", "replace")[:limit].decode("utf-8", "ignore")
