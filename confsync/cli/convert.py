"""`convert`: the lens as a filter. Bytes in, bytes out: line ends stay as they are."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from confsync.errors import ConfsyncError, LocalError, UsageError

from .output import Output

_SUFFIXES = {".xml": "storage", ".html": "storage", ".xhtml": "storage", ".md": "markdown", ".markdown": "markdown"}
_STORAGE = re.compile(r"\s*<(?:(?:ac|ri|at):|/?(?:p|h[1-6]|ul|ol|blockquote|pre|div|hr|span|strong|em|a|table)\b)")
_STORAGE_ONLY = re.compile(r"</(?:p|h[1-6]|li|tbody|a|em|strong)>|<(?:p|hr) ?/>|<(?:ac|ri):")
_ONTO = "convert new.xml --onto mine.md --base old.xml"

EPILOG = """\
examples:
  confsync convert page.xml                            storage format as Markdown
  confsync convert new.md                              Markdown as storage format
  confsync convert edited.md --base page.xml           the edit, applied to the page's storage format
  confsync convert new.xml --onto mine.md --base old.xml   the remote edit, applied to mine

Front matter is not part of a page's body: it stays in Markdown that is written, and is left out of storage format."""


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    add = parser.add_argument
    add("file", nargs="?", default="-", metavar="FILE", help="what to convert; standard input when it is - or left out")
    add("--from", dest="source", choices=("storage", "markdown"), help="what FILE is; else its name or look tells")
    add("--to", choices=("storage", "markdown"), help="what to write; else the other one")
    add("--base", metavar="FILE", help="the storage format that FILE was edited from")
    add("--base-markdown", metavar="FILE", help="the Markdown of --base before the edit; else what convert makes of it")
    add("--onto", metavar="FILE", help="the Markdown that the edit --base → FILE is applied to")
    add("-o", "--output", metavar="FILE", help="write to this file; else to standard output")
    parser.epilog = EPILOG


def run(args: Namespace, out: Output) -> int:
    """Convert one text."""
    if (args.onto or args.base_markdown) and not args.base:
        raise UsageError("--onto and --base-markdown need --base", remedy=_ONTO)
    text = _read(args.file)
    source = args.source or _kind(args, text)
    target = args.to or ("markdown" if source == "storage" else "storage")
    if source == target:
        raise UsageError(f"is {source} already", place=args.file, remedy="--from says what it is, --to what to write")
    if args.onto and source != "storage":
        raise UsageError("--onto wants storage format", place=args.file, remedy=_ONTO)
    try:
        result = _to_markdown(args, text) if target == "markdown" else _to_storage(args, text)
    except ValueError as error:
        raise _worded(error, args) from error
    if args.output:
        Path(args.output).write_bytes(_bytes(result))
        out.result({"from": source, "to": target, "output": args.output}, [])
    elif out.json:
        out.result({"from": source, "to": target, "text": result}, [])
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(_bytes(result))
        sys.stdout.buffer.flush()
    return 0


def _to_markdown(args: Namespace, text: str) -> str:
    import converters

    if not args.onto:
        if args.base:
            raise UsageError("a base of storage format needs --onto", remedy=_ONTO)
        return converters.to_markdown(text)
    head, body = _parts(_read(args.onto))
    return head + converters.pull(body, _read(args.base), text)


def _to_storage(args: Namespace, text: str) -> str:
    import converters

    _, body = _parts(text)
    if not args.base:
        return converters.to_storage(body)
    storage = _read(args.base)
    base = _parts(_read(args.base_markdown))[1] if args.base_markdown else converters.to_markdown(storage)
    pushed = converters.push(storage, base, body)
    broken = converters.verify_push(storage, base, body, pushed)
    if broken is not None:
        raise ConfsyncError(
            f"the edit cannot be carried over exactly ({broken.law}): {broken.message}", place=args.file
        )
    return pushed


def _parts(text: str) -> tuple[str, str]:
    """Take front matter off. A first heading is the title only below front matter that names none, as in a mirror."""
    from converters.markdown.front_matter import split

    parts = split(text)
    if not parts.front:
        return parts.bom, text[len(parts.bom) :]
    return parts.head, parts.body


def _kind(args: Namespace, text: str) -> str:
    if args.to:
        return "storage" if args.to == "markdown" else "markdown"
    if args.onto:
        return "storage"
    if args.base:
        return "markdown"
    known = _SUFFIXES.get(Path(args.file).suffix.lower())
    if known:
        return known
    return "storage" if _STORAGE.match(text) and _STORAGE_ONLY.search(text) else "markdown"


def _read(name: str) -> str:
    """Read a file, or standard input for `-`, exactly. Raises LocalError."""
    try:
        data = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise LocalError("is not UTF-8", place=name, remedy="save it as UTF-8") from error
    except OSError as error:
        raise LocalError(error.strerror or str(error), place=name) from error


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _worded(error: ValueError, args: Namespace) -> ConfsyncError:
    line, column = getattr(error, "line", 0), getattr(error, "column", 0)
    name = "standard input" if args.file == "-" else args.file
    place = f"{name}:{line}:{column}" if line else name
    return ConfsyncError(getattr(error, "message", str(error)), place=place)
