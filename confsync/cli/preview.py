"""`push --preview`: the tree of a branch as pages of its own, under one page, to be looked at before it is merged."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from confsync.errors import ReadOnly, UsageError
from confsync.model.paths import INDEX_NAMES

from .output import Output, counted, headed, joined
from .session import Mirror, mirrors, named, online
from .show import run_lines

if TYPE_CHECKING:
    from confsync.engine import Engine
    from confsync.remote import RemotePage
    from confsync.report import RunResult

_LONGEST_NAME = 100  # characters; titles take 255, and those of pages end with it
_MARK = "preview"

class _Place(NamedTuple):
    """Where the preview of a mirror stands: space, title of its top page, and what the other titles end with."""

    space: str
    title: str
    branch: str


def preview(args: Namespace, out: Output) -> int:
    """Publish a preview of each mirror, or take it away."""
    if args.paths or args.dry_run:
        raise UsageError("a preview is of all mirrors, and has no dry run", remedy="confsync push --preview BRANCH")
    branch = args.preview.strip()
    if not branch or not branch.isprintable() or len(branch) > _LONGEST_NAME:
        raise UsageError(f"is no name of 1 to {_LONGEST_NAME} characters", place=repr(args.preview))
    found = mirrors(args)
    documents: list[dict[str, object]] = []
    lines: list[str] = []
    code = 0
    for mirror in found:
        if mirror.config.read_only or mirror.settings.read_only:
            raise ReadOnly("writing to the site is switched off", place="CONFSYNC_READ_ONLY, read_only")
        more = f", {mirror.settings.path}" if len(found) > 1 else ""
        place = _Place(args.preview_space or mirror.settings.space, f"Preview: {branch}{more}", branch)
        document, said, one = (_remove if args.remove else _publish)(mirror, place, out)
        documents.append(named(mirror, {"preview": branch, "title": place.title, **document}))
        lines += headed(len(found), mirror.name, said)
        code = max(code, one)
    out.result(joined(documents), lines)
    return code


_Said = tuple[dict[str, object], list[str], int]


def _publish(mirror: Mirror, place: _Place, out: Output) -> _Said:
    from .staging import stage

    with TemporaryDirectory(prefix="confsync-") as folder:
        if not stage(mirror.folder, Path(folder) / "tree", place.title, f" ({place.branch})"):
            raise UsageError("holds no page", place=str(mirror.folder))
        with online(_copied(mirror, place, Path(folder), ""), out) as engine:
            root = _find(engine, place) or _make(engine, place)
        with online(_copied(mirror, place, Path(folder), root.id), out) as engine:
            result = _write(engine, f"Preview of {place.branch}", Path(folder) / "tree")
            gone = _trash(engine, _left(engine, place, root, Path(folder) / "tree"))
    url = f"{mirror.config.site}/pages/viewpage.action?pageId={root.id}"
    lines = [*run_lines(result), *_removed(gone), url]
    return {"page": root.id, "url": url, "removed": gone, **result.to_json()}, lines, result.exit_code


def _write(engine: Engine, message: str, tree: Path) -> RunResult:
    """Push the copy; pages that were edited on the site, too, are merged, and where words clash the branch's stay."""
    from confsync.engine import Options
    from confsync.model import Policy

    first = engine.push(Options(message=message, full=True))
    both = tuple(sorted({one.place for one in first.problems if (tree / one.place).is_file()}))
    if not both:
        return first
    second = engine.sync(Options(message=message, on_conflict=Policy.LOCAL, paths=both))
    rest = tuple(one for one in first.problems if one.place not in both)
    return second._replace(
        done=first.done + second.done, problems=rest + second.problems, receipts=first.receipts + second.receipts
    )


def _remove(mirror: Mirror, place: _Place, out: Output) -> _Said:
    with (
        TemporaryDirectory(prefix="confsync-") as folder,
        online(_copied(mirror, place, Path(folder), ""), out) as engine,
    ):
        root = _find(engine, place)
        gone = _trash(engine, _below(engine, place, root)) if root else []
    return {"removed": gone}, list(_removed(gone)) or [f"There is no page {place.title!r}: nothing to remove."], 0


def _removed(titles: list[str]) -> Iterable[str]:
    if titles:
        yield f"{counted(len(titles), 'page')} moved to the trash"


def _copied(mirror: Mirror, place: _Place, folder: Path, root: str) -> Mirror:
    """Give the mirror of a copy: it knows its pages by their property, and nothing of an earlier run."""
    settings = mirror.settings._replace(space=place.space, path="tree", root=root or None, identity="property")
    return Mirror(mirror.config._replace(mirrors=(settings,), folder=folder), settings)


def _find(engine: Engine, place: _Place) -> RemotePage | None:
    """Find the top page of a preview. Raises UsageError for a page that only has its title."""
    found = engine.world.api.by_title(place.space, place.title)
    if found is None:
        return None
    mark = found[0].mark or {}
    if _MARK not in mark and mark.get("path") not in INDEX_NAMES:
        message = f"the page {place.title!r} was not made by a preview: it is left as it is"
        raise UsageError(message, place=place.space, remedy="choose another name, or rename the page")
    return found[0]


def _make(engine: Engine, place: _Place) -> RemotePage:
    from confsync.remote import NewPage

    api = engine.world.api
    home = api.space(place.space).home
    page = NewPage(place.space, place.title, "", parent=home, mark={_MARK: place.branch})
    return api.create(page)[0]


def _left(engine: Engine, place: _Place, root: RemotePage, tree: Path) -> list[RemotePage]:
    """The pages whose files the branch has no more; one that somebody has made by hand under the preview stays."""
    rows = engine.world.state.rows()
    below = _below(engine, place, root)
    return [one for one in below if one.id not in rows and one.mark and not (tree / str(one.mark.get("path"))).exists()]


def _below(engine: Engine, place: _Place, root: RemotePage) -> list[RemotePage]:
    """The pages of a preview with its top page, the deepest first."""
    from confsync.remote import list_space

    found = list_space(engine.world.api, place.space, root.id, subtree=True).pages.values()
    return sorted((one for one in found if one.kind == "page"), key=lambda one: -len(one.ancestors))


def _trash(engine: Engine, pages: list[RemotePage]) -> list[str]:
    for page in pages:
        engine.world.api.trash(page.id)
    return [page.title for page in pages]
