"""The same calls on a Cloud that has removed version 1: version 2, and 1 for what 2 does not have.

Version 2 lists pages without their labels, properties and attachments. Those come from one search over the space, whose
rows are read from the content itself once the index has found them; a page that search does not know yet, or knows in
another version, is read by itself. So what is there, where and in which version is never taken from an index.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from confsync.errors import AccessError, NotFound, Refused, TitleTaken, VersionClash
from confsync.model import replace

from .api import FACTS, Api
from .comments import CommentCallsV2
from .cql import quoted
from .extras import DraftBody, expansions, read_named
from .extras_v2 import ExtraCallsV2
from .records import NewPage, NewVersion, PageVersion, RemoteAsset, RemotePage, RemoteSpace, read_version
from .records_v2 import COLLECTIONS, Above, is_cut, link_of, optional, read_asset_v2, read_body_v2, read_page_v2
from .session import V2, Session

_LISTED: Final = 250
_WITH_BODIES: Final = 50
_INCLUDED: Final = {"include-labels": "true", "include-properties": "true"}
_STORAGE: Final = {"body-format": "storage"}
_REFUSALS: Final = (AccessError, NotFound, Refused, TitleTaken, VersionClash)


class ApiV2(CommentCallsV2, ExtraCallsV2, Api):
    """Typed calls over a session, as `Api`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._spaces: dict[str, RemoteSpace] = {}
        self._kinds: dict[str, str] = {}
        self._told = False
        self._listed: dict[tuple[str, str], dict[str, RemotePage]] = {}

    # -- reading -------------------------------------------------------------------------------------------------

    def space(self, key: str) -> RemoteSpace:
        """Read a space with its home page. Raises NotFound."""
        for row in self._v2(f"{V2}/spaces", {"keys": key}):
            found = RemoteSpace(str(row["id"]), str(row["key"]), str(row["name"]), optional(row.get("homepageId")))
            self._spaces[key] = found
            return found
        raise NotFound(f"No space with key : {key}", place=key, status=404)

    def space_of(self, page: str) -> str:
        """Give the key of the space that a page or post lies in. Raises NotFound."""
        row = self._row(page)
        return str(self.session.get(f"{V2}/spaces/{row['spaceId']}")["key"])

    def may_create(self, key: str) -> bool:
        """Tell whether the user may add pages to a space."""
        data = self.session.get(f"{V2}/spaces/{self._space(key).id}", **{"include-operations": "true"})
        from .api import may_create

        return may_create((data.get("operations") or {}).get("results"))

    def pages(
        self, space: str, *, body: bool = False, kind: str = "page", status: str | None = None,
        names: Collection[str] = (),
    ) -> Iterator[tuple[RemotePage, str | None]]:  # fmt: skip
        """Yield all pages (or posts) of a space with, on demand, their bodies, as `Api.pages` does."""
        if not body:
            found = self._light(space, kind, status, names)
            if status is None:
                self._listed[space, kind] = found
            yield from ((page, None) for page in found.values())
            return
        known = self._listed.get((space, kind)) or self._light(space, kind, None, names)
        for row in self._rows(space, kind, None, body=True):
            page = known.get(str(row["id"]))
            if page is None or page.version != int(row["version"]["number"]):
                try:
                    yield self.page(str(row["id"]), body=True)
                except NotFound:
                    continue
            else:
                yield page, read_body_v2(row)

    def page(self, page: str, *, body: bool = False, status: str | None = None) -> tuple[RemotePage, str]:
        """Read one page, post or folder, and its body when asked for. Raises NotFound."""
        row = self._row(page, **(_STORAGE if body else {}), **_INCLUDED)
        if status in (None, "current") and row.get("status") != "current":
            raise NotFound(f"No content found with id: {page}", place=page, status=404)
        return self._whole_v2(row, self._kinds[page]), read_body_v2(row) or ""

    def version(self, page: str, version: int) -> tuple[RemotePage, str]:
        """Read an old version with its body."""
        row = self._row(page, version=version, **_STORAGE)
        return read_page_v2(row, self._kinds[page]), read_body_v2(row) or ""

    def body_of_version(self, page: str, version: int) -> str:
        """Read the storage body of an old version."""
        return self.version(page, version)[1]

    def versions(self, page: str) -> Iterator[PageVersion]:
        """Yield the versions of a page, the newest first. Raises NotFound."""
        names: dict[str, str] = {}
        for row in self._v2(f"{self.collection(page)}/versions", {"limit": _LISTED}):
            found = read_version(row)
            if found.author not in names:
                names[found.author] = self._name_of(found.author)
            yield replace(found, name=names[found.author])

    def by_title(self, space: str, title: str, kind: str = "page") -> tuple[RemotePage, str] | None:
        """Find a page (or a post) by its title, with its body."""
        if not title:
            return None
        asked = {"space-id": self._space(space).id, "title": title, "status": "current"}
        for row in self._v2(f"{V2}/{COLLECTIONS[kind]}", asked):
            return self.page(str(row["id"]), body=True)
        return None

    def children(self, page: str) -> list[str]:
        """List the ids of the pages right under a page or folder, in their order."""
        rows = self._v2(f"{self.collection(page)}/direct-children", {"limit": _LISTED})
        return [str(row["id"]) for row in rows if row.get("type") == "page"]

    def assets(self, page: str) -> tuple[RemoteAsset, ...]:
        """List all attachments of a page."""
        rows = self._v2(f"{self.collection(page)}/attachments", {"limit": _LISTED})
        return tuple(read_asset_v2(row, page) for row in rows)

    # -- writing -------------------------------------------------------------------------------------------------

    def create(self, page: NewPage) -> tuple[RemotePage, str | None]:
        """Create a page and give it with its stored body. Raises TitleTaken, Refused.

        It is made as a draft, gets its mark, and is then published: so no reader ever sees a page that does not say
        which file it was made for, also when an answer is lost and a request arrives late.
        """
        body = {
            "spaceId": self._space(page.space).id, "status": "draft", "title": page.title,
            "body": {"representation": "storage", "value": page.body},
            **({"parentId": page.parent} if page.parent else {}),
        }  # fmt: skip
        top = "?root-level=true" if page.kind == "page" and not page.parent else ""
        draft = str(self.session.send("POST", f"{V2}/{COLLECTIONS[page.kind]}{top}", body)["id"])
        self._kinds[draft] = page.kind
        try:
            if page.mark:
                self.set_property(draft, page.mark, 0)
            self._write(draft, NewVersion(1, page.title, page.body, page.kind))
        except _REFUSALS:
            with suppress(*_REFUSALS):
                self.session.send("DELETE", f"{self.collection(draft)}?draft=true", safe=True)
            raise
        if page.labels:
            with suppress(*_REFUSALS):  # the page is there, and that must not look as if it were not
                self.add_labels(draft, list(page.labels))
        return self.page(draft, body=True)

    def update(self, page: str, change: NewVersion) -> tuple[RemotePage, str | None]:
        """Write the next version of a page, also of a trashed one: that brings it back.

        Gives it with its stored body. Raises VersionClash, TitleTaken.
        """
        self._kinds[page] = change.kind
        text = read_body_v2(self._row(page, **_STORAGE)) if change.body is None else change.body
        self._write(page, replace(change, body=text or ""))
        return self.page(page, body=True)

    def _write(self, page: str, change: NewVersion) -> None:
        if change.minor and not self._told:
            self._told = True
            self.session.tell("this site's API knows no minor edits: whoever watches a page is told of its new version")
        body = {
            "id": page, "status": "current", "title": change.title,
            "body": {"representation": "storage", "value": change.body},
            "version": {"number": change.number, "message": change.message, "minorEdit": change.minor},
        }  # fmt: skip
        self.session.send("PUT", self.collection(page), body)

    def trash(self, page: str) -> None:
        """Move a page, or an attachment, to the trash. Raises NotFound when it is not there."""
        if page.startswith("att"):
            self.session.send("DELETE", f"{V2}/attachments/{page}")
            return
        if self._row(page).get("status") != "current":
            raise NotFound(f"No content found with id: {page}", place=page, status=404)
        self.session.send("DELETE", self.collection(page))

    def open_draft(self, page: str) -> DraftBody | None:
        """Give what somebody has not published yet of a page, None when there is no draft."""
        try:
            data = self._row(page, **_STORAGE, **{"get-draft": "true"})
            now = self._row(page, **_STORAGE)
        except NotFound:
            return None
        same = data.get("title") == now.get("title") and read_body_v2(data) == read_body_v2(now)
        if data.get("status") != "draft" or same:
            return None
        account = str((data.get("version") or {}).get("authorId") or "")
        return DraftBody(account, self._name_of(account), str(data.get("title") or ""), read_body_v2(data) or "")

    # -- parts ---------------------------------------------------------------------------------------------------

    def collection(self, page: str) -> str:
        """Give the address of a page, post or folder."""
        if page not in self._kinds:
            self._row(page)
        return f"{V2}/{COLLECTIONS[self._kinds[page]]}/{page}"

    def _space(self, key: str) -> RemoteSpace:
        return self._spaces.get(key) or self.space(key)

    def _row(self, page: str, **params: Any) -> Mapping[str, Any]:
        """Read a page, post or folder as it comes, whatever its state. Raises NotFound."""
        kind = self._kinds.get(page) or "page"
        try:
            row: Mapping[str, Any] = self.session.get(f"{V2}/{COLLECTIONS[kind]}/{page}", **params)
        except NotFound:
            if page in self._kinds:
                raise
            kind = self._find_kind(page)
            row = self.session.get(f"{V2}/{COLLECTIONS[kind]}/{page}", **params)
        self._kinds[page] = kind
        return row

    def _find_kind(self, page: str) -> str:
        answer = self.session.ask(f"{V2}/content/convert-ids-to-types", {"contentIds": [page]})
        kind = (answer.get("results") or {}).get(page)
        if kind not in COLLECTIONS or kind == "page":
            raise NotFound(f"No content found with id: {page}", place=page, status=404)
        return str(kind)

    def _name_of(self, account: str) -> str:
        try:
            return str(self.session.get("/user", accountId=account).get("displayName") or account)
        except (NotFound, AccessError):
            return account

    def _whole_v2(self, row: Mapping[str, Any], kind: str) -> RemotePage:
        """Complete a page that was read by itself: where it stands, its attachments, and all labels and properties."""
        ident = str(row["id"])
        page = read_page_v2(row, kind, self._ancestors(ident, row, kind))
        if kind == "folder" or page.status not in ("current", "archived"):
            return page
        if is_cut(row, "labels"):
            names = [one["name"] for one in self._v2(f"{self.collection(ident)}/labels", {"limit": _LISTED})]
            page = replace(page, labels=tuple(sorted(names)))
        if page.mark is None and is_cut(row, "properties"):
            mark = self._property(ident, "confsync")
            number = int((mark.get("version") or {}).get("number", 0))
            page = replace(page, mark=mark.get("value"), mark_version=number)
        return replace(page, assets=self.assets(ident))

    def _ancestors(self, ident: str, row: Mapping[str, Any], kind: str) -> tuple[str, ...]:
        if not row.get("parentId") or kind == "blogpost":
            return ()
        return self.above(ident)

    def above(self, page: str) -> tuple[str, ...]:
        """Give the ids of what stands above a page or folder, the highest first."""
        found: tuple[str, ...] = ()
        while True:  # of many, the nearest are told
            rows = self.session.get(f"{self.collection(page)}/ancestors", limit=_LISTED)["results"]
            found = (*(str(one["id"]) for one in rows), *found)
            if len(rows) < _LISTED:
                return found
            page = found[0]

    def _over(self, page: str) -> tuple[str, ...]:
        """Give what stands above a page that was listed below something. Raises NotFound when it went meanwhile."""
        found = self.above(page)
        if not found and self._row(page).get("status") != "current":
            raise NotFound(f"No content found with id: {page}", place=page, status=404)
        return found

    def _light(self, space: str, kind: str, status: str | None, names: Collection[str]) -> dict[str, RemotePage]:
        """List the pages of a space without their bodies, by id."""
        rows = {str(row["id"]): row for row in self._rows(space, kind, status)}
        self._kinds.update(dict.fromkeys(rows, kind))
        facts = {} if status else self._facts(space, kind, names)
        above = Above({ident: optional(row.get("parentId")) for ident, row in rows.items()}, self._over)
        found = {}
        for ident, row in rows.items():
            try:
                page = read_page_v2(row, kind, above.of(ident))
                known = facts.get(ident)
                if known is not None and known.version == page.version:
                    page = replace(page, labels=known.labels, mark=known.mark, mark_version=known.mark_version,
                                   assets=known.assets, settings=known.settings)  # fmt: skip
                elif not status:
                    page = self._alone(ident, self._space(space).id, names)
            except NotFound:
                continue  # it went while the others were read
            found[ident] = page
        return found

    def _alone(self, ident: str, space: str, names: Collection[str]) -> RemotePage:
        """Read a page that search does not know as it was listed. Raises NotFound when it has left the space."""
        if str(self._row(ident).get("spaceId")) != space:
            raise NotFound(f"No content found with id: {ident}", place=ident, status=404)
        return replace(self.page(ident)[0], settings=self.named(ident, names) if names else {})

    def _rows(self, space: str, kind: str, status: str | None, *, body: bool = False) -> Iterator[Mapping[str, Any]]:
        asked = {"status": status or "current", "limit": _WITH_BODIES if body else _LISTED}
        path = f"{V2}/spaces/{self._space(space).id}/{COLLECTIONS[kind]}"
        yield from self._v2(path, {**asked, **(_STORAGE if body else {})})

    def _facts(self, space: str, kind: str, names: Collection[str]) -> dict[str, RemotePage]:
        """What version 2 does not list of pages, as far as search knows them."""
        expand = ",".join([FACTS, *expansions(names)])
        asked = {"cql": f"space = {quoted(space)} AND type = {kind}", "expand": expand, "limit": 200}
        found: dict[str, RemotePage] = {}
        for rows in self._pages("/content/search", asked):
            for row in rows:
                page = self._whole(row)
                assets = tuple(replace(one, link=link_of(page.id, one.id)) for one in page.assets)
                found[page.id] = replace(page, assets=assets, settings=read_named(row, names))
        return found

    def _v2(self, path: str, params: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Yield all rows of a list, following its cursors."""
        following: Mapping[str, Any] | None = params
        while following is not None:
            data = self.session.get(path, **following)
            yield from data["results"]
            link = (data.get("_links") or {}).get("next")
            following = {**params, **dict(parse_qsl(urlsplit(link).query))} if link else None
