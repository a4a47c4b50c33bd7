"""Pages made out of drafts, and pages brought back from the site's trash."""

from __future__ import annotations

from confsync.core.bodies import new_page
from confsync.errors import NotFound
from confsync.local.document import ID_KEY
from confsync.model import FOLDER, TEXTS, Draft, Effect, Page, PageId, Pair, Problem, Row, TitleFrom, replace
from confsync.remote import NewPage, NewVersion, RemotePage
from confsync.report import PageReceipt
from converters import NotationError, consistent
from converters.markdown.front_matter import set_fields

from .effect import perform, set_listed, set_row
from .round import Round, lacks_parent, marked
from .texts import misread, read_file
from .world import World

CHILDREN = '<p><ac:structured-macro ac:name="children" ac:schema-version="2" /></p>'


def create_page(round_: Round, effect: Effect) -> None:
    """Make a page out of a draft, or bring a page back that was deleted."""
    key, world = effect.key, round_.world
    if isinstance(key, str):
        _revive(round_, effect, key)
        return
    assert isinstance(key, Draft)  # noqa: S101  (a plan creates pages only)
    page = round_.target.pages[key]
    if lacks_parent(round_, effect, page.parent):
        return
    parent = round_.id_of(page.parent)
    text, title_from = "", TitleFrom.NAME
    if page.kind not in TEXTS:
        storage = CHILDREN
    else:
        file, document = read_file(world, effect.path)
        if round_.changed_since(key, document):
            return  # the next round sees it
        text, title_from = document.text, TitleFrom(file.title_from)
        site = round_.site_at(key)
        try:
            storage = new_page(text, site)
        except NotationError as error:
            round_.run.hold(effect, misread(effect.path, document, error))
            return
        if not consistent(storage, text, site):
            message = "its text would not come back from Confluence as it is"
            round_.run.hold(effect, Problem(effect.path, message, "simplify it"))
            return
    path = effect.path
    sha = world.state.keep_text(text)
    facts = {"kind": "create", "title": page.title, "parent": parent, "path": path, "markdown": sha,
             "labels": sorted(page.labels), "title_from": title_from, "page_kind": page.kind,
             "agreed_title": round_.seen.local.tree.pages[key].title}  # fmt: skip

    def act(op: str) -> tuple[RemotePage, str | None]:
        return world.api.create(_new(world, page, parent, storage, path, sha, op))

    def commit(answer: tuple[RemotePage, str | None]) -> None:
        remote, stored = answer
        body = world.state.keep_text(stored if stored is not None else storage)
        body = body if page.kind in TEXTS else FOLDER
        labels = page.labels & frozenset(remote.labels)  # one that did not get there is sent again
        agreed = Page(parent, effect.title, None, labels, body, page.kind)
        local = round_.seen.local.tree.pages[key]
        row = Row(remote.id, replace(agreed, title=local.title), Pair(remote.version, body, sha), path, title_from)
        set_row(world, round_.seen, row)
        set_listed(world, round_.seen, remote)
        round_.created[key] = remote.id

    remote, _ = perform(world, round_.run, effect, facts, act, commit)
    round_.run.receipts[remote.id] = PageReceipt(
        path, remote.id, remote.title, remote.version, text.count("\n\n") + 1, len(storage), len(storage)
    )


def _new(
    world: World, page: Page, parent: PageId | None, storage: str, path: str, sha: str, op: str
) -> NewPage:
    mark = {"version": 1, "path": path, "markdown_sha": sha, "op": op}
    kind = "blogpost" if page.kind == "blogpost" else "page"
    return NewPage(world.mirror.space, page.title, storage, parent, kind, tuple(sorted(page.labels)), mark)


def _revive(round_: Round, effect: Effect, page_id: PageId) -> None:
    """Bring a page back from the site's trash; when that cannot be, its file becomes a draft."""
    world, seen = round_.world, round_.seen
    try:
        trashed, _ = world.api.page(page_id, status="any")
    except NotFound:
        _missing(round_, effect, page_id)
        return
    if trashed.status != "trashed":
        _elsewhere(round_, effect, trashed)
        return
    if any(_same_claim(page, trashed) for page in seen.listing.pages.values()):
        # A restored page comes back under its own title, and that belongs to another page by now.
        _forget(round_, page_id)
        return
    def act(op: str) -> tuple[RemotePage, str | None]:
        message = marked("brought back", op)
        return world.api.update(page_id, NewVersion(trashed.version + 1, trashed.title, None, trashed.kind, message))

    def commit(answer: tuple[RemotePage, str | None]) -> None:
        set_listed(world, seen, answer[0])

    perform(world, round_.run, effect, {"kind": "revive"}, act, commit)


def _elsewhere(round_: Round, effect: Effect, found: RemotePage) -> None:
    """Hold back an edited file whose page is neither in the mirror nor in the trash, or see it where it is by now."""
    if found.status == "current" and round_.world.mirror.root is None:
        round_.run.dirty.add(found.id)
        return
    where = "outside the mirror's root page" if found.status == "current" else found.status
    remedy = "bring it back in Confluence; or give the file another title and remove `confluence_page_id`"
    round_.run.hold(effect, Problem(_place(round_, effect), f"was edited, but its page is {where} by now", remedy))


def _missing(round_: Round, effect: Effect, page_id: PageId) -> None:
    """Leave an edited file alone whose page cannot be found: it may be hidden from this user.

    A file that does not name the page, or does not any more, is published as a new one.
    """
    file = round_.seen.local.files.get(page_id)
    if file is None or not file.id:
        _forget(round_, page_id)
        return
    message = "was edited, but its page cannot be found: deleted for good, or hidden from this user"
    remedy = "ask for the right to view it; if it is gone for good: remove `confluence_page_id`"
    round_.run.hold(effect, Problem(_place(round_, effect), message, remedy))


def _place(round_: Round, effect: Effect) -> str:
    return round_.seen.local.paths.get(effect.key, effect.new_path) or effect.title  # type: ignore[arg-type]  # a page's


def _same_claim(one: RemotePage, other: RemotePage) -> bool:
    return one.title.casefold() == other.title.casefold() and (one.kind == "blogpost") == (other.kind == "blogpost")


def _forget(round_: Round, page_id: PageId) -> None:
    """Turn the file of a page that cannot come back into a draft: the next round publishes it as a new page."""
    path = round_.seen.local.paths[page_id]
    if not path.endswith("/"):
        text = round_.world.folder.read(path)
        round_.world.folder.write(path, set_fields(text, {ID_KEY: None}), text)
    round_.world.state.drop_row(page_id)
    round_.seen.rows.pop(page_id, None)
