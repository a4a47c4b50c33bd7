"""Where a link leads, in one canonical spelling: the Markdown destination as seen from the page's own file.

Both readers bring their links into this form, so that a page link by title, by pasted address and by file path compare
equal where the site says that they lead to the same page:

    ../setup/install.md#ports         a page that has a file in the mirror
    guide.files/log.txt               an attachment of this page (of another page: its folder)
    #ports                            a heading or anchor of this page
    confluence:page?space=K&title=T   a page that has no file; likewise user, blog, space, shortcut, content, attachment
    https://…                         anything else, as it stands
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote

from converters.site import PageRef, Site

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_SITE_PAGE = re.compile(r"/(?:spaces/[^/]+/pages|pages/viewpage\.action\?pageId=)/?(\d+)(?:/[^#]*)?(?:#(.*))?\Z")
_SITE_PERSON = re.compile(r"/people/([^/?#]+)/?\Z")
_ENCODE = "/!$&'*+,;=:@~-._"  # what a destination may hold unencoded, besides letters and digits of any script

USER_KEY = re.compile(r"[0-9a-f]{32}\Z")
ACCOUNT_ID = re.compile(r"(?:[0-9a-f]{24}|.*:.+)\Z")


@dataclass(frozen=True, slots=True)
class Target:
    """A resolved destination. kind: url, anchor, page, attachment, user, blog, space, shortcut, content or path.

    `page` is set for what belongs to a page of the mirror; `values` hold what the address says otherwise.
    """

    kind: str
    values: tuple[tuple[str, str], ...] = ()
    page: PageRef | None = None
    anchor: str = ""

    def get(self, name: str) -> str:
        return next((value for key, value in self.values if key == name), "")


def encode(path: str) -> str:
    """Percent-encode what a Markdown destination cannot hold; letters of every script stay readable."""
    return "".join(char if char.isalnum() or char in _ENCODE else quote(char, safe="") for char in path)


def relative(path: str, site: Site) -> str:
    """Spell a mirror-relative path as seen from the page's own file."""
    return posixpath.relpath(path, posixpath.dirname(site.path) or ".")


def files_folder(path: str) -> str:
    """The folder of a page's attachments, next to its file."""
    return (path[:-3] if path.endswith(".md") else path) + ".files"


def spell(target: Target, site: Site) -> str:
    """The canonical destination of a target."""
    anchor = f"#{encode(target.anchor)}" if target.anchor else ""
    if target.kind == "url":
        return target.get("href")
    if target.kind == "anchor":
        return anchor or "#"  # the page itself
    if target.kind == "path":
        return encode(target.get("path")) + anchor
    if target.kind == "page" and target.page is not None:
        if target.page.path == site.path:
            return anchor or encode(posixpath.basename(site.path))
        return encode(relative(target.page.path, site)) + anchor
    if target.kind == "attachment" and (target.page is not None or not target.values[1:]):
        name = target.get("name")
        own = target.page is None or target.page.path == site.path
        if own and name in site.outside:
            return encode(relative(site.outside[name], site))
        folder = files_folder(site.path if own or target.page is None else target.page.path)
        return encode(relative(f"{folder}/{site.files.get(name, name) if own else name}", site))
    return _confluence(target) + anchor


def _confluence(target: Target) -> str:
    if target.kind in ("user", "content"):
        key = "id" if target.kind == "content" else "key"
        rest = [(name, value) for name, value in target.values if name != key]
        head = f"confluence:{target.kind}/{quote(target.get(key), safe=':@')}"
    else:
        rest = list(target.values)
        head = f"confluence:{target.kind}"
    return head + ("?" + "&".join(f"{name}={quote(value, safe='')}" for name, value in rest) if rest else "")


def resolve(destination: str, site: Site) -> Target:
    """Find out where a Markdown destination (or the `href` of a link in storage format) leads."""
    if destination.startswith("#"):
        return Target("anchor", anchor=unquote(destination[1:]))
    if destination.startswith("confluence:"):
        return _read_confluence(destination, site)
    if site.base_url and destination.startswith(site.base_url + "/"):
        return _read_site(destination, site)
    if not destination or _SCHEME.match(destination) or destination.startswith(("/", "?")):
        return Target("url", (("href", destination),))
    path, _, anchor = destination.partition("#")
    return _read_path(unquote(path), unquote(anchor), site) or Target("url", (("href", destination),))


def _read_path(path: str, anchor: str, site: Site) -> Target | None:
    own = site.pages.by_path(site.path)
    for base in (site.path, *(own.former_paths if own else ())):
        full = posixpath.normpath(posixpath.join(posixpath.dirname(base), path))
        page = site.pages.by_path(full)
        if page is not None:
            return Target("page", page=page, anchor=anchor)
        if full == base:
            return Target("page", page=own or PageRef(site.path, site.space, ""), anchor=anchor)
        outside = next((name for name, place in site.outside.items() if place == full), None)
        if outside is not None:
            return Target("attachment", (("name", outside),))
        folder, _, name = full.rpartition("/")
        if folder == files_folder(base):
            names = {file: title for title, file in site.files.items()}
            return Target("attachment", (("name", names.get(name, name)),))
        if folder.endswith(".files"):
            page = site.pages.by_path(folder[: -len(".files")] + ".md")
            if page is not None:
                return Target("attachment", (("name", name),), page)
    return None


def _read_site(destination: str, site: Site) -> Target:
    rest = destination[len(site.base_url) :]
    person = _SITE_PERSON.match(rest)
    if person:
        return user(unquote(person.group(1)))
    found = _SITE_PAGE.match(rest)
    page = site.pages.by_id(found.group(1)) if found else None
    if found is None or page is None:
        return Target("url", (("href", destination),))
    return Target("page", page=page, anchor=unquote(found.group(2) or ""))


def _read_confluence(destination: str, site: Site) -> Target:
    rest, _, fragment = destination.removeprefix("confluence:").partition("#")
    path, _, query = rest.partition("?")
    kind, _, key = path.partition("/")
    values = tuple(parse_qsl(query, keep_blank_values=True)) if query else ()
    anchor = unquote(fragment)
    if kind == "user":
        return Target("user", (("key", unquote(key)), *values))
    if kind == "content":
        return Target("content", (("id", unquote(key)), *values), anchor=anchor)
    target = Target(kind, values, anchor=anchor)
    if kind == "attachment" and target.get("content"):
        return attachment_of(target.get("name"), target.get("content"), site)
    if kind == "attachment":
        return attachment(target.get("name"), target.get("space"), target.get("page"), site)
    return (
        page_link(target.get("space"), target.get("title"), anchor, site)
        if kind == "page" and not _extra(values)
        else target
    )


def _extra(values: tuple[tuple[str, str], ...]) -> bool:
    return any(name not in ("space", "title") for name, _ in values)


def page_link(space: str, title: str, anchor: str, site: Site) -> Target:
    """A link to a page by title; "" as space means the page's own."""
    page = site.pages.by_title(space or site.space, title)
    if page is not None:
        return Target("page", page=page, anchor=anchor)
    values = (("space", space),) if space and space.casefold() != site.space.casefold() else ()
    return Target("page", (*values, ("title", title)), anchor=anchor)


def attachment(name: str, space: str, title: str, site: Site) -> Target:
    """A file attached to a page, by the page's title; "" as title means this page."""
    if not title:
        return Target("attachment", (("name", name),))
    page = page_link(space, title, "", site)
    if page.page is not None:
        return Target("attachment", (("name", name),), page.page)
    return Target(
        "attachment", (("name", name), *((key, value) for key, value in page.values if key == "space"), ("page", title))
    )


def attachment_of(name: str, content: str, site: Site) -> Target:
    """A file attached to the page with that id."""
    page = site.pages.by_id(content)
    values = (("name", name), *((("content", content),) if page is None else ()))
    return Target("attachment", values, page)


def user(key: str, kind: str = "") -> Target:
    """A person; `kind` is the attribute that names them (account-id, userkey, username) where the key does not tell."""
    if kind and kind != user_kind(key):
        return Target("user", (("key", key), ("by", kind)))
    return Target("user", (("key", key),))


def user_kind(key: str) -> str:
    """Tell by its form which kind of key names a person."""
    return "userkey" if USER_KEY.match(key) else "account-id" if ACCOUNT_ID.match(key) else "username"


def canonical(destination: str, site: Site) -> str:
    """The canonical spelling of a destination."""
    outside = destination.startswith(("https://", "http://"))
    if outside and not (site.base_url and destination.startswith(site.base_url)):
        return destination
    return spell(resolve(destination, site), site)


def with_title(destination: str, title: str) -> str:
    """A destination and a link's title in one value: the title stands on a second line."""
    return f"{destination}\n{title}" if title else destination
