"""The calls of REST version 1 that the engine makes, typed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlsplit

from confsync.errors import Refused, Unavailable
from confsync.model import replace

from .comments import CommentCalls
from .extras import ExtraCalls, expansions, read_named
from .records import (
    PROPERTY,
    SHA_MARK,
    NewPage,
    NewVersion,
    PageVersion,
    RemoteAsset,
    RemotePage,
    RemoteSpace,
    RemoteUser,
    read_asset,
    read_body,
    read_page,
    read_user,
    read_version,
)
from .session import Session

# Everything about a page but its body; attachments come along, so that no request per page is needed.
FACTS: Final = "version,ancestors,metadata.labels,metadata.properties.confsync,children.attachment.version"
BODY: Final = "body.storage"
_TASK_LOOKS: Final = 60  # once a second
_CHILD_LIMIT: Final = 25  # how many children an expanded list holds


class Api(CommentCalls, ExtraCalls):
    """Typed calls over a session. Pages come as `RemotePage`, bodies as storage format."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._me = ""

    # -- reading -------------------------------------------------------------------------------------------------

    def me(self) -> str:
        """Give the id of the user; asked once."""
        if not self._me:
            self._me = self.user().id
        return self._me

    def user(self) -> RemoteUser:
        """Read who the site takes us for."""
        return read_user(self.session.get("/user/current"))

    def space(self, key: str) -> RemoteSpace:
        """Read a space with its home page. Raises NotFound."""
        data = self.session.get(f"/space/{quote(key, safe='')}", expand="homepage")
        home = (data.get("homepage") or {}).get("id")
        return RemoteSpace(str(data["id"]), str(data["key"]), str(data["name"]), str(home) if home else None)

    def space_of(self, page: str) -> str:
        """Give the key of the space that a page or post lies in. Raises NotFound."""
        return str(self.session.get(f"/content/{page}", expand="space")["space"]["key"])

    def may_create(self, key: str) -> bool:
        """Tell whether the user may add pages to a space; a site that does not tell is believed."""
        facts = self.session.get(f"/space/{quote(key, safe='')}", expand="operations")
        return may_create(facts.get("operations"))

    def pages(
        self, space: str, *, body: bool = False, kind: str = "page", status: str | None = None,
        names: Collection[str] = (),
    ) -> Iterator[tuple[RemotePage, str | None]]:  # fmt: skip
        """Yield all pages (or posts) of a space with, on demand, their bodies; memory stays flat.

        status: "archived" for these, else the current ones. names: the settings that are wanted of them.
        """
        facts = ",".join([FACTS, *(["history"] if kind == "blogpost" else ()), *expansions(names)])
        expand, limit = (f"{facts},{BODY}", 50) if body else (facts, 200)
        params = {"spaceKey": space, "type": kind, "expand": expand, "limit": limit}
        params |= {"status": status} if status else {}
        for row in self._all("/content", params):
            yield replace(self._whole(row), settings=read_named(row, names)), read_body(row)

    def page(self, page: str, *, body: bool = False, status: str | None = None) -> tuple[RemotePage, str]:
        """Read one page, and its body when asked for. Raises NotFound."""
        facts = f"{FACTS},history"
        data = self.session.get(f"/content/{page}", expand=f"{facts},{BODY}" if body else facts, status=status)
        return self._whole(data), read_body(data) or ""

    def body_of_version(self, page: str, version: int) -> str:
        """Read the storage body of an old version."""
        data = self.session.get(f"/content/{page}", status="historical", version=version, expand=BODY)
        return read_body(data) or ""

    def version(self, page: str, version: int) -> tuple[RemotePage, str]:
        """Read an old version with its body."""
        expand = f"version,{BODY}"
        data = self.session.get(f"/content/{page}", status="historical", version=version, expand=expand)
        return read_page(data), read_body(data) or ""

    def versions(self, page: str) -> Iterator[PageVersion]:
        """Yield the versions of a page, the newest first. Raises NotFound."""
        for row in self._all(self._versions(page), {"limit": 200}):
            yield read_version(row)

    def _versions(self, page: str) -> str:
        return f"/content/{page}/version"

    def by_title(self, space: str, title: str, kind: str = "page") -> tuple[RemotePage, str] | None:
        """Find a page (or a post) by its title, with its body."""
        params = {"spaceKey": space, "type": kind, "title": title, "expand": f"{FACTS},{BODY}"}
        for row in self._all("/content", params):
            return self._whole(row), read_body(row) or ""
        return None

    def search(
        self, cql: str, limit: int = 200, expand: str = "version,container"
    ) -> Iterator[list[Mapping[str, Any]]]:
        """Yield pages of results of a CQL query."""
        yield from self._pages("/content/search", {"cql": cql, "expand": expand, "limit": limit})

    def children(self, page: str) -> list[str]:
        """List the ids of the pages right under a page, in their order."""
        return [str(row["id"]) for row in self._all(f"/content/{page}/child/page", {"limit": 200})]

    def assets(self, page: str) -> tuple[RemoteAsset, ...]:
        """List all attachments of a page."""
        rows = self._all(f"/content/{page}/child/attachment", {"expand": "version", "limit": 200})
        return tuple(read_asset(row) for row in rows)

    def download(self, asset: RemoteAsset) -> Iterator[bytes]:
        """Yield the bytes of an attachment. Raises Unavailable when they are not as many as the site has named.

        A session that has ended is answered with a page to log in, as a success.
        """
        import requests

        answer = self.session.stream(asset.link)
        left = asset.size
        try:
            chunks = answer.iter_content(1 << 16)
            while chunk := self._next(chunks):
                left -= len(chunk)
                yield chunk
        except (requests.RequestException, ConnectionError) as error:
            raise Unavailable(f"the download broke off: {error}", place=asset.name, remedy="try again") from error
        finally:
            answer.close()
        if left > 0:
            raise Unavailable(f"{left} bytes are missing at the end", place=asset.name, remedy="try again")
        if left < 0 <= asset.size:
            raise Unavailable(f"{-left} bytes too many: it is another file", place=asset.name, remedy="try again")

    def _next(self, chunks: Iterator[bytes]) -> bytes:
        """Give the next piece, b"" at the end; others may work until it is there."""
        with self.session.gate.away():
            return next(chunks, b"")

    # -- writing -------------------------------------------------------------------------------------------------

    def create(self, page: NewPage) -> tuple[RemotePage, str | None]:
        """Create a page and give it with its stored body. Raises TitleTaken, Refused."""
        properties = {"editor": {"value": "v2"}, **({PROPERTY: {"value": dict(page.mark)}} if page.mark else {})}
        labels = [{"prefix": "global", "name": name} for name in page.labels]
        body = {
            "type": page.kind, "title": page.title, "space": {"key": page.space}, "body": _storage(page.body),
            "metadata": {"properties": properties, "labels": labels},
            **({"ancestors": [{"id": page.parent}]} if page.parent else {}),
        }  # fmt: skip
        data = self.session.send("POST", "/content", body, expand=f"{FACTS},{BODY}")
        return self._whole(data), read_body(data)

    def update(self, page: str, change: NewVersion) -> tuple[RemotePage, str | None]:
        """Write the next version of a page, also of a trashed one: that brings it back.

        Gives it with its stored body. Raises VersionClash, TitleTaken.
        """
        version = {"number": change.number, "message": change.message, "minorEdit": change.minor}
        body = {
            "id": page, "type": change.kind, "title": change.title, "status": "current", "version": version,
            **({} if change.body is None else {"body": _storage(change.body)}),
        }  # fmt: skip
        data = self.session.send("PUT", f"/content/{page}", body, expand=f"{FACTS},{BODY}")
        return self._whole(data), read_body(data)

    def move(self, page: str, position: str, target: str) -> None:
        """Move a page before, after or (`append`) under another; its version stays."""
        self.session.send("PUT", f"/content/{page}/move/{position}/{target}", safe=True)

    def trash(self, page: str) -> None:
        """Move a page, or an attachment, to the trash. Raises NotFound when it is not there."""
        self.session.send("DELETE", f"/content/{page}")

    def archive(self, page: str) -> None:
        """Archive a page and wait until that is done. Ids are numbers here and nowhere else.

        Raises Unavailable when the site is not done with it after a minute, Refused when it says that it could not.
        """
        task = self.session.send("POST", "/content/archive", {"pages": [{"id": int(page)}]}).get("id")
        for _ in range(_TASK_LOOKS):
            told = self.session.get(f"/longtask/{task}")
            if told.get("finished") or told.get("percentageComplete") == 100:
                if told.get("successful") is False:
                    raise Refused("the site could not archive the page", place=page)
                return
            self.session.pause(1.0)
        raise Unavailable("the site is still archiving the page", place=page, remedy="run it again later")

    def add_labels(self, page: str, names: list[str]) -> None:
        """Add labels; those that are there stay."""
        body = [{"prefix": "global", "name": name} for name in names]
        self.session.send("POST", f"/content/{page}/label", body, safe=True)

    def remove_label(self, page: str, name: str) -> None:
        """Remove a label."""
        self.session.send("DELETE", f"/content/{page}/label", safe=True, name=name)

    def set_property(self, page: str, value: Mapping[str, Any], version: int) -> None:
        """Write the content property `confsync`; version is its present number, 0 when it is not there."""
        body = {"key": PROPERTY, "value": dict(value), "version": {"number": version + 1, "minorEdit": True}}
        if version:
            self.session.send("PUT", f"/content/{page}/property/{PROPERTY}", body)
        else:
            self.session.send("POST", f"/content/{page}/property", {"key": PROPERTY, "value": dict(value)})

    def attach(self, page: str, asset: str | None, name: str, file: Path, sha256: str, media: str) -> RemoteAsset:
        """Upload a file as a new attachment, or as new data of the attachment with this id."""
        path = f"/content/{page}/child/attachment" + (f"/{asset}/data" if asset else "")
        with file.open("rb") as stream:

            def fields() -> dict[str, Any]:
                stream.seek(0)
                # Without a charset the site reads text parts as Latin-1.
                text = "text/plain; charset=UTF-8"
                comment, minor = (None, f"{SHA_MARK}{sha256}", text), (None, "true", text)
                return {"file": (name, stream, media), "comment": comment, "minorEdit": minor}

            data = self.session.upload("POST", path, fields)
        return read_asset(data["results"][0] if "results" in data else data)

    # -- paging --------------------------------------------------------------------------------------------------

    def _whole(self, row: Mapping[str, Any]) -> RemotePage:
        """Read a page, and the rest of its attachments when the expanded list could not hold them all."""
        page = read_page(row)
        links = ((row.get("children") or {}).get("attachment") or {}).get("_links") or {}
        if "next" in links or len(page.assets) >= _CHILD_LIMIT:
            page = replace(page, assets=self.assets(page.id))
        return page

    def _all(self, path: str, params: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        for rows in self._pages(path, params):
            yield from rows

    def _pages(self, path: str, params: Mapping[str, Any]) -> Iterator[list[Mapping[str, Any]]]:
        """Follow `next` until it is absent: a short page is not the end."""
        following: Mapping[str, Any] | None = params
        while following is not None:
            data = self.session.get(path, **following)
            yield data["results"]
            link = (data.get("_links") or {}).get("next")
            following = {**params, **dict(parse_qsl(urlsplit(link).query))} if link else None


def may_create(operations: Any) -> bool:
    """Tell from a space's operations whether pages may be added to it; a site that does not tell is believed."""
    if not isinstance(operations, list) or not operations:
        return True
    return any(one.get("operation") == "create" and one.get("targetType") == "page" for one in operations)


def _storage(body: str) -> dict[str, Any]:
    return {"storage": {"value": body, "representation": "storage"}}
