"""`init` and `clone`: a folder's settings, access to its site, and the first pull."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from confsync.config import FILE_NAME, Credentials, MirrorConfig, load, reads_only, write
from confsync.errors import ConfigError, NotFound, UsageError
from confsync.report import RunResult

from .access import READY_USER, access, transport
from .address import Address, read_target
from .instance import meet
from .output import Output, counted
from .session import Mirror, engine
from .show import conflict_lines, problem_lines

if TYPE_CHECKING:
    from confsync.engine import Engine

LAYOUTS = ("sibling", "index", "readme")


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    add = parser.add_argument
    add("target", nargs="+", metavar="SITE SPACE [DIR] | URL [DIR]", help="the space, or its or a page's address")
    add("--root", metavar="PAGE", help="title or id of a page: only it and what is below it")
    add("--layout", choices=LAYOUTS, default="", help="where new pages with children have their file")
    if name == "clone":
        add("--history", action="store_true", help="also import every version of every page as a commit of git")
    if name == "init":
        add("--path", default=".", metavar="FOLDER", help="the pages' folder, relative to DIR (default: %(default)s)")


def run(args: Namespace, out: Output) -> int:
    """Write the settings, check access and, for a clone, pull."""
    address, folder = read_target(args.target)
    found = access(address.site)
    api, dialect = connected(address.site, found, out.note)
    mirror_settings = _mirror(args, address, api)
    clone = args.command == "clone"
    directory = Path(folder or (mirror_settings.space if clone else "."))
    made = _write(directory, address.site, mirror_settings, clone=clone)
    config = load(directory / FILE_NAME, {})
    mirror = Mirror(config, next(one for one in config.mirrors if one.path == mirror_settings.path))
    facts: dict[str, object] = {"site": address.site, "space": mirror_settings.space, "folder": str(mirror.folder)}
    if not clone:
        words = "written" if made else "says so already"
        lines = [f"{directory / FILE_NAME}: {words}", "next: confsync plan shows what a sync would do"]
        out.result({**facts, "config": str(directory / FILE_NAME)}, lines)
        return 0
    if found is READY_USER:
        meet(mirror, out)
    one = engine(mirror, out, found, reporter=out.reporter())
    one.learn(dialect)
    try:
        result = one.clone()
        commits = _import(one, mirror, out) if args.history and not result.problems else 0
    finally:
        one.close()
    figures = _fidelity(mirror.folder)
    lines = [*_clone_lines(directory, result, figures), *_history_lines(args, result, commits)]
    out.result({**facts, **result.to_json(), "fidelity": figures, "commits": commits}, lines)
    return result.exit_code


def _import(one: Engine, mirror: Mirror, out: Output) -> int:
    """Import what was written before the clone: a commit for each version, in the mirror's folder."""
    from confsync.git.imports import Importer

    host = urlsplit(mirror.config.site).hostname or "confluence"
    importer = Importer(mirror.folder, mirror.config.git.branch or "main", host)
    read: Callable[[str], bytes] = lambda path: (mirror.folder / path).read_bytes()  # noqa: E731
    return importer.write(one.past(importer.has), read)


def _history_lines(args: Namespace, result: RunResult, commits: int) -> Iterator[str]:
    if args.history and result.problems:
        yield "no version was imported: see the problems above; the same command goes on"
    elif args.history:
        yield f"{counted(commits, 'version')} imported as commits"


def _mirror(args: Namespace, address: Address, api: Any) -> MirrorConfig:
    """Ask the site for the space and the page. Raises AccessError, NotFound."""
    space, root = address.space, args.root or address.title or None
    if address.page:
        space, root = space or api.space_of(address.page), root or address.page
    try:
        facts = api.space(space)
    except NotFound as error:
        remedy = "check the key; a space that this user may not view looks the same"
        raise NotFound(f"there is no space {space!r}", place=address.site, remedy=remedy, status=404) from error
    if root is not None:
        from confsync.remote import find_root

        page = find_root(api, space, root)
        root = None if page == facts.home else root
    return MirrorConfig(facts.key, getattr(args, "path", "."), root, args.layout)


def api_of(site: str, found: Credentials, tell: Callable[[str], None] | None = None) -> Any:
    """Give the calls to a site. tell: hears why it takes so long."""
    return connected(site, found, tell)[0]


def connected(site: str, found: Credentials, tell: Callable[[str], None] | None = None) -> tuple[Any, str]:
    """Give the calls to a site, and the name of its dialect."""
    import time
    from random import SystemRandom

    from confsync.remote import Session, connect

    chance = SystemRandom().random
    http = transport(site)
    session = Session(
        site, found.user, found.secret, transport=http, sleep=time.sleep, random=chance, tell=tell,
        signer=found.signer, read_only=reads_only(os.environ),
    )  # fmt: skip
    learned: list[str] = []
    api = connect(session, learned=learned.append)
    return api, learned[0]


def _write(directory: Path, site: str, mirror: MirrorConfig, *, clone: bool) -> bool:
    """Write the settings, or find them there already. Raises UsageError for a folder that holds something else."""
    file = directory / FILE_NAME
    if file.exists():
        config = load(file, {})
        if config.site and config.site != site:
            raise ConfigError(f"is for {config.site}", place=str(file), remedy="use another folder")
        there = next((one for one in config.mirrors if one.path == mirror.path), None)
        if there is not None:
            return _same(there, mirror, file)
    elif clone and directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        remedy = "name another folder; confsync init takes one that has files"
        raise UsageError("is there already and is not empty", place=str(directory), remedy=remedy)
    try:
        (directory / mirror.path).mkdir(parents=True, exist_ok=True)
        write(file, site, mirror)
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}", place=str(file)) from error
    return True


def _same(there: MirrorConfig, wanted: MirrorConfig, file: Path) -> bool:
    """A clone that was cut off may be repeated, and goes on. Raises ConfigError when the folder is another's."""
    if (there.space, there.root) != (wanted.space, wanted.root):
        of = f"space {there.space}" + (f", page {there.root}" if there.root else "")
        raise ConfigError(f"the folder {there.path!r} is a mirror of {of}", place=str(file), remedy="use another")
    return False


def _fidelity(folder: Path) -> dict[str, int]:
    """Count what the notation had no word for: blocks and inline islands of storage format in the files."""
    pages = islands = touched = 0
    for file in _page_files(folder):
        text = file.read_text(encoding="utf-8", errors="replace")
        found = sum(" ac:xml" in line for line in text.split("\n") if line.lstrip("> ").startswith("```"))
        found += text.count("<ac-xml ")
        pages, islands, touched = pages + 1, islands + found, touched + (found > 0)
    return {"pages": pages, "islands": islands, "pages_with_islands": touched}


def _page_files(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and not name.endswith(".files")]
        yield from (Path(root) / name for name in files if name.endswith(".md"))


def _clone_lines(directory: Path, result: RunResult, figures: dict[str, int]) -> Iterator[str]:
    yield from conflict_lines(result.conflicts)
    yield from problem_lines(result.problems)
    files = sum(1 for effect in result.done if not isinstance(effect.key, str))
    brought = counted(figures["pages"], "page") + (f" and {counted(files, 'attachment')}" if files else "")
    yield f"{brought} in {directory}"
    if figures["islands"]:
        blocks = counted(figures["islands"], "piece")
        pages = counted(figures["pages_with_islands"], "page")
        yield f"{blocks} on {pages} kept as storage format, byte for byte; all else is Markdown"
    else:
        yield "every page is Markdown throughout"
