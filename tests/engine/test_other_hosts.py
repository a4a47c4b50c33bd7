"""Hosts that are not the site: nothing is fetched from them, and no credentials reach them, whatever an answer says."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import requests

from confsync.errors import ConfsyncError
from confsync.remote import Api, Session
from tests.engine.machines import SITE, Site, cloned, machine
from tests.wire import WsgiAdapter, transport


class Elsewhere(WsgiAdapter):
    """The whole network: the site, and other hosts, which redirect, or serve what they are asked for."""

    def __init__(self, site: Site, redirect: Callable[[str], str]) -> None:
        super().__init__(site.app)
        self.redirect = redirect
        self.seen: list[tuple[str, bool]] = []

    def send(self, request: requests.PreparedRequest, **given: Any) -> requests.Response:  # type: ignore[override]
        url = request.url or ""
        self.seen.append((url.split("/")[2], "Authorization" in request.headers or "admin" in url))
        target = self.redirect(url)
        if not target:
            return super().send(request, **given)
        answer = requests.Response()
        answer.status_code, answer.url, answer.request = 302, url, request
        answer.headers["Location"] = target
        answer.raw = super().send(requests.Request("GET", f"{SITE}/").prepare()).raw
        return answer


def test_credentials_never_go_to_another_host(site: Site, tmp_path: Path) -> None:
    """Not with a redirected read, a download that is elsewhere, or a link in an answer; a redirected write is refused."""
    page = site.create("Page")
    site.attach(page, "x.txt", b"bytes", tmp_path)
    wires = {
        "download": lambda url: "http://media.test/wiki" + url.split("/wiki")[1] if "sandbox.test" in url and "/download" in url else "",
        "reads": lambda url: url.replace("sandbox.test", "sandbox.test.evil.test") if "sandbox.test/" in url else "",
        "scheme": lambda url: url.replace("http://", "https://") if url.startswith("http://") else "",
    }  # fmt: skip
    for name, redirect in wires.items():
        wire = Elsewhere(site, redirect)
        with suppress(ConfsyncError):
            machine(site, tmp_path / name, wire=wire).engine.clone()
        others = [auth for host, auth in wire.seen if host != "sandbox.test"]
        assert not any(others), name
        assert others or name == "scheme", name


def test_a_link_in_a_page_is_never_fetched(site: Site, tmp_path: Path) -> None:
    """Images and links to other hosts are text: no request leaves for them, in clone, push and sync."""
    site.create(
        "Page",
        '<p><ac:image><ri:url ri:value="http://evil.test/x.png" /></ac:image>'
        '<a href="http://169.254.169.254/latest/meta-data">x</a></p>',
    )
    wire = Elsewhere(site, lambda url: "")
    one = cloned(site, tmp_path / "m", wire=wire)
    one.replace("page.md", "---\n\n", "---\n\n![x](http://evil.test/y.png) <http://evil.test/z>\n\n")
    assert one.engine.sync().exit_code == 0
    assert {host for host, _ in wire.seen} == {"sandbox.test"}


def test_a_next_page_on_another_host_is_asked_of_the_site(site: Site) -> None:
    """Paging follows the query of `next` only: an answer cannot send the reader, and the credentials, elsewhere."""
    asked: list[str] = []

    def app(environ: dict[str, Any], start: Callable[..., None]) -> list[bytes]:
        asked.append(environ["HTTP_HOST"])
        start("200 OK", [("Content-Type", "application/json")])
        link = {} if len(asked) > 1 else {"next": "http://evil.test/wiki/rest/api/content?cursor=x"}
        return [json.dumps({"results": [], "_links": link}).encode()]

    session, _ = transport(app)
    api = Api(Session(SITE, "admin", "admin", transport=session, sleep=lambda s: None, random=lambda: 0.5))
    assert list(api.pages("DOCS")) == []
    assert asked == ["sandbox.test", "sandbox.test"]
