"""The session: access, retries, redirects, and errors in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from confsync.errors import (
    AccessError,
    ConfsyncError,
    NotConfluence,
    NotFound,
    ReadOnly,
    Refused,
    TitleTaken,
    Unavailable,
    VersionClash,
)
from confsync.remote import Api, Session
from confsync.sandbox import create_app
from tests.engine.machines import Site
from tests.wire import SITE, transport


def answering(*answers: tuple[str, dict[str, str], bytes], **options: Any) -> tuple[Session, list[dict[str, Any]], list[float]]:
    """A session with a site that gives these answers; the requests and the waits are recorded."""
    left, asked, waits = iter(answers), [], []

    def app(environ: dict[str, Any], start: Callable[..., None]) -> Iterator[bytes]:
        asked.append(environ)
        status, headers, body = next(left)
        start(status, list({"Content-Type": "application/json", **headers}.items()))
        return iter([body])

    session, _ = transport(app)
    options = {"user": "me", "secret": "s3cret", **options}
    return Session(SITE, transport=session, sleep=waits.append, random=lambda: 0.5, **options), asked, waits


OK = ("200 OK", {}, b'{"id": 1}')


def test_reads_wait_as_long_as_the_site_asks() -> None:
    """429 and 503 are tried again after `Retry-After`, others after a growing while."""
    session, _, waits = answering(
        ("429 Busy", {"Retry-After": "7"}, b"{}"), ("503 Busy", {"Retry-After": "3"}, b"{}"), ("502 Bad", {}, b""),
        ("500 Oops", {}, b"{}"), OK,
    )  # fmt: skip
    assert session.get("/x") == {"id": 1}
    assert waits[:2] == [7.0, 3.0]
    assert 0 < waits[2] < 3


def test_a_write_is_repeated_only_when_that_is_safe() -> None:
    """A 429 did nothing and may be sent again; a 503 may have done something."""
    session, asked, _ = answering(("429 Busy", {}, b"{}"), OK)
    assert session.send("POST", "/content", {}) == {"id": 1}
    session, asked, _ = answering(("503 Busy", {}, b"{}"), OK)
    with pytest.raises(Unavailable):
        session.send("POST", "/content", {})
    assert len(asked) == 1
    session, asked, _ = answering(("503 Busy", {}, b"{}"), OK)
    assert session.send("PUT", "/content/1/move/append/2", safe=True) == {"id": 1}


def test_it_gives_up_in_words() -> None:
    """After six tries the error names the site and says what to do."""
    session, asked, _ = answering(*[("503 Busy", {}, b"{}")] * 6)
    with pytest.raises(Unavailable, match="try again"):
        session.get("/x")
    assert len(asked) == 6


def test_credentials_stay_on_their_host() -> None:
    """A redirect to another host is followed without them."""
    session, asked, _ = answering(("302 Found", {"Location": "https://media.test/file?token=t"}, b""), OK)
    session.stream("/download/1")
    assert "HTTP_AUTHORIZATION" in asked[0]
    assert "HTTP_AUTHORIZATION" not in asked[1]
    session, asked, _ = answering(("302 Found", {"Location": "/wiki/elsewhere"}, b""), OK, user="")
    session.get("/x")
    assert [one["HTTP_AUTHORIZATION"] for one in asked] == ["Bearer s3cret"] * 2


def test_a_redirected_write_is_refused() -> None:
    """A write is never turned into something else on the way."""
    session, asked, _ = answering(("301 Moved", {"Location": "https://other.test/"}, b""))
    with pytest.raises(NotConfluence, match="redirects writes"):
        session.send("PUT", "/content/1", {})
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        ("401 Unauthorized", "", AccessError), ("403 Forbidden", "a.b.PermissionException: no", AccessError),
        ("404 Not Found", "No content found", NotFound), ("409 Conflict", "Version must be incremented", VersionClash),
        ("400 Bad", "x.BadRequestException: A page with this title already exists: T", TitleTaken),
        ("400 Bad", "Error parsing xhtml", Refused), ("413 Large", "", Refused), ("500 Oops", "", Unavailable),
    ],
)  # fmt: skip
def test_errors_speak_in_words(status: str, message: str, kind: type[ConfsyncError]) -> None:
    """Each status is its own kind of error, without Java's class names and never with the secret."""
    session, _, _ = answering((status, {}, f'{{"message": "{message}"}}'.encode()))
    with pytest.raises(kind) as caught:
        session.send("POST", "/content", {})
    assert "Exception" not in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert message.rpartition(": ")[2] in str(caught.value)


def test_a_web_page_is_no_answer() -> None:
    """A log-in page with status 200 is found out before it is read as data."""
    session, _, _ = answering(("200 OK", {"Content-Type": "text/html"}, b"<html>"))
    with pytest.raises(NotConfluence, match="log-in page"):
        session.get("/x")


def test_read_only_sends_no_write() -> None:
    """Not one byte."""
    session, asked, _ = answering(OK, read_only=True)
    with pytest.raises(ReadOnly):
        session.send("DELETE", "/content/1")
    assert asked == []


def test_wrong_credentials_are_told_apart() -> None:
    """The real application's answer, in words."""
    app = create_app()
    session, _ = transport(app)
    wrong = Session(SITE, "admin", "wrong", transport=session, sleep=lambda s: None, random=lambda: 0.5)
    with pytest.raises(AccessError, match="rights"):
        wrong.get("/user/current")
    right = Session(SITE, "", "admin", transport=session, sleep=lambda s: None, random=lambda: 0.5)
    assert right.get("/user/current")["displayName"]
    app.sandbox.close()


def test_a_long_list_of_attachments_is_read_to_its_end(site: Site, tmp_path: object) -> None:
    """The listing carries the first ones; a page with more is asked for the rest."""
    from pathlib import Path

    page = site.create("Many")
    for number in range(27):
        site.attach(page, f"{number}.txt", b"x", Path(str(tmp_path)))
    listed = {one.id: one for one, _ in site.api.pages("DOCS")}
    assert len(listed[page].assets) == 27


def test_a_broken_download_is_not_taken_for_a_file(site: Site, tmp_path: object) -> None:
    """Bytes that end early are an error."""
    from pathlib import Path

    page = site.create("Page")
    site.attach(page, "x.bin", b"x" * 1000, Path(str(tmp_path)))
    asset = site.page(page).assets[0]
    api = Api(Session(SITE, "admin", "admin", transport=transport(site.app)[0], sleep=print, random=lambda: 0.5))
    site.faults.add("GET", "/download/", "truncate")
    with pytest.raises(Unavailable):
        list(api.download(asset))
    assert b"".join(api.download(asset)) == b"x" * 1000
