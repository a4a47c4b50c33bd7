"""What the engine relies on, whatever a site speaks: the same calls, the same answers, the same refusals in words.

With CONFSYNC_CONTRACT_SITE, CONFSYNC_CONTRACT_SPACE and credentials in the environment it also runs against a real
site: all that it makes there lies below one page of its own, which it moves to the trash at the end.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests

from confsync.config import credentials
from confsync.errors import NotFound, Refused, TitleTaken, VersionClash
from confsync.model import replace
from confsync.remote import Api, NewPage, NewVersion, RemotePage, Session, connect
from confsync.remote.auth import AppKey, Consent, Plain, Signer
from confsync.remote.oauth import SCOPES, Client, Token
from confsync.sandbox import Server, create_app
from confsync.sandbox.flavours import CLOUD, CURRENT, DATACENTER
from confsync.sandbox.store import oauth, users
from tests.wire import SITE, transport

REAL = os.environ.get("CONFSYNC_CONTRACT_SITE", "")
SPACE = os.environ.get("CONFSYNC_CONTRACT_SPACE", "DOCS")
DIALECTS = {CLOUD: "cloud", CURRENT: "cloud-v2", DATACENTER: "datacenter"}


class Ground(NamedTuple):
    """Where a test works: the calls, a page below which it may do what it likes, and how the site is spoken with."""

    api: Api
    top: str
    dialect: str

    def make(self, title: str = "", body: str = "<p>Text.</p>", **given: object) -> RemotePage:
        new = NewPage(SPACE, title or f"Page {uuid.uuid4().hex[:8]}", body, self.top)
        return self.api.create(replace(new, **given))[0]

    def listed(self, page: str) -> RemotePage | None:
        return next((one for one, _ in self.api.pages(SPACE) if one.id == page), None)


class Nowhere:
    """A token that needs no keeping: it lasts longer than a test."""

    def lock(self) -> AbstractContextManager[None]:
        return nullcontext()

    def load(self) -> Token | None:
        return None

    def save(self, token: Token) -> None:
        raise AssertionError("nothing was to be renewed")


def consent(app: Any) -> Consent:
    """Access by a token that has the scopes which confsync asks for, and no other."""
    store = app.sandbox.store
    with store.transaction():
        granted = oauth.allow(store, "user", oauth.READY, users.ADMIN_ID, SCOPES)
        access = oauth.issue(store, granted, "access")
    cloud = transport(app)[0].get(f"{SITE}/_edge/tenant_info").json()["cloudId"]
    base = f"http://sandbox.test/ex/confluence/{cloud}/wiki"
    token = Token(access, "", time.time() + 3600, SCOPES, base, Client(oauth.READY, ""), "")
    return Consent(token, Nowhere(), lambda one: one, time.time)


def signed(app: Any) -> AppKey:
    """Access as a Connect app that may do what confsync does."""
    one = app.sandbox.install_app("docs-bot", ["READ", "WRITE", "DELETE", "ADMIN"])
    return AppKey(SITE, one.key, one.shared_secret, time.time)


SIGNERS: dict[str, tuple[str, Callable[[Any], Signer]]] = {"oauth": (CURRENT, consent), "app": (CLOUD, signed)}


@pytest.fixture(params=[*DIALECTS, *SIGNERS, *(["real"] if REAL else [])])
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    """The sandbox in each of its flavours and by each kind of access, and a real site where there is one."""
    learned: list[str] = []
    if request.param == "real":
        who = credentials(REAL, os.environ)
        assert who is not None, "no credentials in the environment"
        session = Session(REAL, who.user, who.secret, sleep=time.sleep, random=lambda: 0.5)
    else:
        flavour, sign = SIGNERS.get(request.param, (request.param, lambda app: Plain("admin", "admin")))
        app = create_app(flavour=flavour)
        app.sandbox.create_space(SPACE, "Documentation")
        http = transport(app)[0]
        session = Session(SITE, transport=http, sleep=lambda s: None, random=lambda: 0.5, signer=sign(app))
    api = connect(session, learned=learned.append)
    top, _ = api.create(NewPage(SPACE, f"Contract {uuid.uuid4().hex[:8]}", "<p>Tests.</p>", api.space(SPACE).home))
    yield Ground(api, top.id, learned[0])
    if request.param == "real":
        for child in api.children(top.id):
            api.trash(child)
        api.trash(top.id)
    else:
        app.sandbox.close()


@pytest.mark.parametrize("flavour", DIALECTS)
def test_a_probe_finds_out_what_a_site_speaks(flavour: str) -> None:
    """In at most two requests; who knows it already asks nothing."""
    app = create_app(flavour=flavour)
    http, wire = transport(app)
    session = Session(SITE, "admin", "admin", transport=http, sleep=lambda s: None, random=lambda: 0.5)
    learned: list[str] = []
    connect(session, learned=learned.append)
    assert (learned, len(wire.requests) <= 2) == ([DIALECTS[flavour]], True)
    wire.requests.clear()
    connect(session, learned[0], learned.append)
    assert (len(learned), wire.requests) == (1, [])
    app.sandbox.close()


def test_the_user_and_the_space_are_known(ground: Ground) -> None:
    """An id that stays, a name to show, the space's own key, and whether pages may be added."""
    assert ground.api.user().id == ground.api.me() != ""
    assert ground.api.user().name
    space = ground.api.space(SPACE)
    assert (space.key, space.id.isdecimal(), ground.api.space_of(ground.top)) == (SPACE, True, SPACE)
    assert ground.api.may_create(SPACE)
    with pytest.raises(NotFound):
        ground.api.space("NOSUCHSPACE")


def test_a_page_is_made_read_and_written(ground: Ground) -> None:
    """With its labels and its mark, under its parent; each version is the number after the one before."""
    mark = {"version": 1, "path": "a.md", "op": "1"}
    page = ground.make(labels=("alpha", "beta"), mark=mark)
    assert (page.version, page.labels, page.mark, page.parent) == (1, ("alpha", "beta"), mark, ground.top)
    assert page.author == ground.api.me()
    written, body = ground.api.update(page.id, NewVersion(2, page.title, "<p>Other.</p>", message="Why"))
    assert (written.version, written.message, body) == (2, "Why", "<p>Other.</p>")
    again, body = ground.api.page(page.id, body=True)
    assert (again.version, again.labels, again.mark, body) == (2, ("alpha", "beta"), mark, "<p>Other.</p>")
    assert ground.api.body_of_version(page.id, 1) == "<p>Text.</p>"
    assert ground.api.version(page.id, 1)[0].version == 1


def test_versions_are_told_with_their_authors(ground: Ground) -> None:
    """The newest first, with date and message."""
    page = ground.make()
    ground.api.update(page.id, NewVersion(2, page.title, "<p>Two.</p>", message="Why"))
    two, one = ground.api.versions(page.id)
    assert (two.number, two.message, one.number, one.message) == (2, "Why", 1, "")
    assert (two.author, two.name, two.when[:2]) == (ground.api.me(), ground.api.user().name, "20")


def test_somebody_who_was_faster_is_not_overwritten(ground: Ground) -> None:
    """A number that is not the next one is refused, and nothing is changed."""
    page = ground.make()
    ground.api.update(page.id, NewVersion(2, page.title, "<p>Theirs.</p>"))
    with pytest.raises(VersionClash):
        ground.api.update(page.id, NewVersion(2, page.title, "<p>Mine.</p>"))
    assert ground.api.page(page.id, body=True)[1] == "<p>Theirs.</p>"


def test_a_title_that_is_taken_is_said(ground: Ground) -> None:
    """For a new page and for a rename; nothing is left behind, not even a draft under that title."""
    page, other = ground.make(), ground.make()
    with pytest.raises(TitleTaken):
        ground.make(page.title)
    with pytest.raises(TitleTaken):
        ground.api.update(other.id, NewVersion(2, page.title, "<p>Text.</p>"))
    assert ground.api.page(other.id)[0].version == 1
    found = ground.api.by_title(SPACE, page.title)
    assert found is not None
    assert found[0].id == page.id


def test_a_page_that_is_not_well_formed_is_refused_with_words(ground: Ground) -> None:
    """The site's own words, whichever version of the API says them."""
    with pytest.raises(Refused, match=r"(?i)pars|xhtml"):
        ground.make(body="<p>never closed")


def test_what_is_not_there_is_not_found(ground: Ground) -> None:
    """Neither by id, nor by title, nor as an old version."""
    with pytest.raises(NotFound):
        ground.api.page("999999999999")
    with pytest.raises(NotFound):
        ground.api.version(ground.top, 99)
    assert ground.api.by_title(SPACE, f"No such title {uuid.uuid4()}") is None


def test_pages_are_moved_and_keep_their_version(ground: Ground) -> None:
    """Before, after and below another one; the children come in that order."""
    a, b, c = (ground.make().id for _ in range(3))
    ground.api.move(c, "before", a)
    ground.api.move(a, "after", b)
    assert ground.api.children(ground.top) == [c, b, a]
    ground.api.move(a, "append", b)
    moved = ground.api.page(a)[0]
    assert (moved.parent, moved.ancestors[-2:], moved.version) == (b, (ground.top, b), 1)


def test_labels_come_and_go(ground: Ground) -> None:
    """They are added to those that are there, and removed one by one."""
    page = ground.make(labels=("one",)).id
    ground.api.add_labels(page, ["two", "three"])
    ground.api.remove_label(page, "one")
    assert ground.api.page(page)[0].labels == ("three", "two")


def test_properties_and_restrictions_are_read_and_written(ground: Ground) -> None:
    """A property under any key and of any value; a restriction by the id or name that the site itself gives."""
    page, me = ground.make().id, ground.api.me()
    for value in ({"x": [1, "ä"]}, "text", None):
        ground.api.write_property(page, "owner.of-it", value)
        assert ground.api.named(page, ["properties.owner.of-it"])["properties.owner.of-it"].startswith(
            {dict: "{", str: '"', type(None): "null"}[type(value)]
        )
    names = ["restrictions.update.users", "restrictions.update.groups"]
    ground.api.restrict(page, "update", "users", me)
    assert ground.api.named(page, names) == {names[0]: f'["{me}"]', names[1]: "[]"}
    ground.api.unrestrict(page, "update", "users", me)
    assert ground.api.named(page, names) == {names[0]: "[]", names[1]: "[]"}


def test_the_mark_has_a_version_of_its_own(ground: Ground) -> None:
    """It is a lock too: whoever writes it says which one they have seen."""
    page = ground.make(mark={"op": "1"})
    ground.api.set_property(page.id, {"op": "2"}, page.mark_version)
    now = ground.api.page(page.id)[0]
    assert (now.mark, now.mark_version, now.version) == ({"op": "2"}, page.mark_version + 1, 1)
    with pytest.raises((VersionClash, NotFound)):
        ground.api.set_property(page.id, {"op": "3"}, page.mark_version)


def test_attachments_are_uploaded_and_downloaded(ground: Ground, tmp_path: Path) -> None:
    """Byte for byte, under a name of any letters; new bytes are a new version of the same attachment."""
    page, file = ground.make().id, tmp_path / "x"
    file.write_bytes(b"\0one\xff" * 1000)
    first = ground.api.attach(page, None, "Bild ä 1.png", file, "a" * 64, "image/png")
    file.write_bytes(b"two")
    second = ground.api.attach(page, first.id, "Bild ä 1.png", file, "b" * 64, "image/png")
    (asset,) = ground.api.assets(page)
    assert (second.id, asset.id, asset.version, asset.sha256) == (first.id, first.id, 2, "b" * 64)
    assert (asset.name, asset.size, b"".join(ground.api.download(asset))) == ("Bild ä 1.png", 3, b"two")
    ground.api.trash(asset.id)
    assert ground.api.assets(page) == ()


def test_a_listing_has_all_that_a_page_has(ground: Ground, tmp_path: Path) -> None:
    """Place, version, labels, mark and attachments, as when the page is read by itself; and bodies on demand."""
    page = ground.make(labels=("alpha",), mark={"op": "1"})
    below = ground.make(parent=page.id)
    (tmp_path / "x.txt").write_bytes(b"x")
    ground.api.attach(page.id, None, "x.txt", tmp_path / "x.txt", "a" * 64, "text/plain")
    listed, alone = ground.listed(page.id), ground.api.page(page.id)[0]
    assert listed is not None
    for name in ("title", "version", "ancestors", "labels", "mark", "assets", "author"):
        assert getattr(listed, name) == getattr(alone, name), name
    under = ground.listed(below.id)
    assert under is not None
    assert under.ancestors[-2:] == (ground.top, page.id)
    bodies = {one.id: body for one, body in ground.api.pages(SPACE, body=True)}
    assert bodies[page.id] == "<p>Text.</p>"


def test_a_page_goes_to_the_trash_and_comes_back(ground: Ground) -> None:
    """It is not listed any more and says where it is; written again, it is as it was."""
    page = ground.make(labels=("kept",))
    ground.api.trash(page.id)
    assert ground.listed(page.id) is None
    with pytest.raises(NotFound):
        ground.api.page(page.id)
    with pytest.raises(NotFound):
        ground.api.trash(page.id)
    assert ground.api.page(page.id, status="any")[0].status == "trashed"
    back, body = ground.api.update(page.id, NewVersion(2, page.title))
    assert (back.status, body, ground.api.page(page.id, body=True)[1]) == ("current", "<p>Text.</p>", "<p>Text.</p>")


def test_posts_are_pages_of_another_kind(ground: Ground) -> None:
    """They are listed on their own, with the day that they were made on, and have no place in the tree."""
    title = f"Post {uuid.uuid4().hex[:8]}"
    post = ground.api.create(NewPage(SPACE, title, "<p>News.</p>", kind="blogpost", labels=("news",)))[0]
    assert (post.kind, post.labels, post.ancestors) == ("blogpost", ("news",), ())
    assert post.id in {one.id for one, _ in ground.api.pages(SPACE, kind="blogpost")}
    assert ground.listed(post.id) is None
    found = ground.api.page(post.id, body=True)
    assert (found[0].kind, found[0].created[:2], found[1]) == ("blogpost", "20", "<p>News.</p>")
    assert ground.api.update(post.id, NewVersion(2, title, "<p>More.</p>", "blogpost"))[0].version == 2
    ground.api.trash(post.id)


def test_search_finds_pages_by_what_cql_can_say(ground: Ground) -> None:
    """A quote in a title is no query of its own."""
    from confsync.remote.cql import quoted

    title = f'Say "{uuid.uuid4().hex[:8]}" \\ twice'
    page = ground.make(title)
    found = [row for rows in ground.api.search(f"space = {quoted(SPACE)} AND title = {quoted(title)}") for row in rows]
    if ground.dialect != "real":
        assert [str(row["id"]) for row in found] == [page.id]


def test_what_only_cloud_has_is_refused_elsewhere(ground: Ground) -> None:
    """A state and the archive work on Cloud; on Data Center the words say what to do instead."""
    page = ground.make().id
    if ground.dialect == "datacenter":
        for call in (lambda: ground.api.set_state(page, "Draft"), lambda: ground.api.archive(page)):
            with pytest.raises(Refused, match="Data Center"):
                call()
        assert ground.api.state(page) is None
        return
    ground.api.set_state(page, "Rough draft")
    assert ground.api.state(page) == "Rough draft"
    ground.api.archive(page)
    assert ground.api.page(page, status="any")[0].status == "archived"
    assert page in {one.id for one, _ in ground.api.pages(SPACE, status="archived")}


def test_a_draft_that_is_open_is_seen(ground: Ground) -> None:
    """A page that nobody is writing has none."""
    assert ground.api.open_draft(ground.make().id) is None


def test_a_page_in_a_folder_stands_below_it() -> None:
    """Cloud's folders are no pages: they are parents all the same, and are read as folders."""
    for flavour in (CLOUD, CURRENT):
        app = create_app(flavour=flavour)
        app.sandbox.create_space(SPACE, "Documentation")
        session = Session(SITE, "admin", "admin", transport=transport(app)[0], sleep=lambda s: None, random=lambda: 0.5)
        api = connect(session)
        home = api.space(SPACE).home
        folder = app.sandbox.create_folder(SPACE, "Box", home)
        page = api.create(NewPage(SPACE, "Inside", "<p>x</p>", folder))[0]
        assert page.ancestors == (home, folder)
        assert {one.id: one.ancestors for one, _ in api.pages(SPACE)}[page.id] == (home, folder)
        assert (api.page(folder)[0].kind, api.children(folder)) == ("folder", [page.id])
        app.sandbox.close()


def test_a_search_that_lags_takes_nothing_away() -> None:
    """Version 2 lists without labels and attachments; those that search does not know yet are read one by one."""
    app = create_app(flavour=CURRENT)
    app.sandbox.create_space(SPACE, "Documentation")
    app.sandbox.set_index_lag(3600)
    session = Session(SITE, "admin", "admin", transport=transport(app)[0], sleep=lambda s: None, random=lambda: 0.5)
    api = connect(session)
    page = api.create(NewPage(SPACE, "New", "<p>x</p>", api.space(SPACE).home, labels=("alpha",), mark={"op": "1"}))[0]
    found = {one.id: one for one, _ in api.pages(SPACE)}[page.id]
    assert (found.labels, found.mark) == (("alpha",), {"op": "1"})
    app.sandbox.close()


def test_no_cookie_is_kept() -> None:
    """It would follow a redirect to another port of the host, and tell there who asks."""
    app = create_app()
    app.sandbox.create_space(SPACE, "Documentation")
    with Server(app) as server:
        session = Session(server.url, "admin", "admin", sleep=lambda s: None, random=lambda: 0.5)
        answer = session.stream("/spaces/DOCS")
        assert "Set-Cookie" in answer.headers
        answer.close()
        assert list(session.http.cookies) == []
        session.http.close()
    app.sandbox.close()


def test_a_tree_of_any_depth_is_known_to_its_top() -> None:
    """Version 2 tells 250 ancestors at once, the nearest."""
    app = create_app(flavour=CURRENT)
    app.sandbox.create_space(SPACE, "Documentation")
    session = Session(SITE, "admin", "admin", transport=transport(app)[0], sleep=lambda s: None, random=lambda: 0.5)
    api = connect(session)
    ids = [str(api.space(SPACE).home)]
    full = Session(SITE, "admin", "admin", transport=transport(app.passing_for(CLOUD))[0], sleep=print, random=lambda: 0.5)
    people = Api(full)
    for number in range(260):
        ids.append(people.create(NewPage(SPACE, f"Level {number}", "<p>x</p>", ids[-1]))[0].id)
    assert api.page(ids[-1])[0].ancestors == tuple(ids[:-1])
    app.sandbox.close()


def test_a_removed_call_says_nothing_about_the_page() -> None:
    """410 is not 404: a page is never taken for gone because the site has another API by now."""
    from confsync.errors import Gone

    app = create_app(flavour=CURRENT)
    session = Session(SITE, "admin", "admin", transport=transport(app)[0], sleep=lambda s: None, random=lambda: 0.5)
    with pytest.raises(Gone) as caught:
        connect(session, "cloud").page("1")
    assert not isinstance(caught.value, NotFound)
    assert isinstance(session.http, requests.Session)
    app.sandbox.close()


def test_comments_are_read_answered_and_resolved(ground: Ground) -> None:
    """Threads with their answers and who wrote them; resolved where the site has a call for it, else said in words."""
    page = ground.make().id
    if ground.dialect != "cloud-v2":
        given = {"type": "comment", "container": {"id": page, "type": "page"},
                 "body": {"storage": {"value": "<p>Nice.</p>", "representation": "storage"}}}  # fmt: skip
        ground.api.session.send("POST", "/content", given)
    else:
        body = {"representation": "storage", "value": "<p>Nice.</p>"}
        ground.api.session.send("POST", "/api/v2/footer-comments", {"pageId": page, "body": body})
    (thread,) = ground.api.comments(page)
    assert (thread.parent, thread.inline, thread.resolved, thread.body) == ("", False, None, "<p>Nice.</p>")
    assert thread.author
    assert thread.when
    ground.api.answer(page, thread, "<p>Thanks.</p>")
    first, answer = ground.api.comments(page)
    assert (first.id, answer.parent, answer.body) == (thread.id, thread.id, "<p>Thanks.</p>")
    if ground.dialect == "datacenter":
        with pytest.raises(Refused, match="no call that resolves"):
            ground.api.set_resolved(thread.id, True)
        return
    placed = {"textSelection": "Text", "textSelectionMatchCount": 1, "textSelectionMatchIndex": 0}
    body = {"representation": "storage", "value": "<p>Which?</p>"}
    sent = {"pageId": page, "body": body, "inlineCommentProperties": placed}
    ident = str(ground.api.session.send("POST", "/api/v2/inline-comments", sent)["id"])
    for wanted in (True, False):
        ground.api.set_resolved(ident, wanted)
        (one,) = (one for one in ground.api.comments(page) if one.id == ident)
        assert (one.inline, one.quote, one.resolved) == (True, "Text", wanted)
