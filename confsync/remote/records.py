"""Pages and attachments as the site describes them, without bodies."""

from collections.abc import Mapping
from sys import intern
from types import MappingProxyType
from typing import Any, Final, NamedTuple

PROPERTY: Final = "confsync"
SHA_MARK: Final = "sha256:"


class RemoteAsset(NamedTuple):
    """An attachment. size: in bytes, -1 when unknown. sha256: from its comment, "" when nobody wrote it there.

    link: where its bytes are.
    """

    id: str
    name: str
    version: int
    size: int
    sha256: str
    link: str


class RemoteSpace(NamedTuple):
    """A space. id: a number, as text. home: id of its home page, None when it has none."""

    id: str
    key: str
    name: str
    home: str | None


class RemoteUser(NamedTuple):
    """Who asks. id: account id on Cloud, user key on Data Center; email: "" unless the site shows it."""

    id: str
    name: str
    email: str = ""


class PageVersion(NamedTuple):
    """One version of a page, without its text. when: as the site writes it; author: an id; name: "" if not told."""

    number: int
    when: str
    author: str
    name: str
    message: str
    minor: bool


class NewPage(NamedTuple):
    """A page or post to be made. parent: None for the top of the space; mark: value of the property `confsync`."""

    space: str
    title: str
    body: str
    parent: str | None = None
    kind: str = "page"
    labels: tuple[str, ...] = ()
    mark: Mapping[str, Any] | None = None


class NewVersion(NamedTuple):
    """The next version of a page or post. body: storage format, None to leave it as it is."""

    number: int
    title: str
    body: str | None = None
    kind: str = "page"
    message: str = ""
    minor: bool = False


class RemotePage(NamedTuple):
    """A page or folder. ancestors: ids, the root first. when: time of the version, as the site writes it.

    mark: value of the content property `confsync`; mark_version: its own version number. kind: page, folder,
    blogpost or other.
    settings: what was asked for of state, width, restrictions and properties, as JSON by name. created: when a post
    was made, as the site writes it.
    """

    id: str
    title: str
    version: int
    when: str
    ancestors: tuple[str, ...]
    kind: str = "page"
    status: str = "current"
    position: int | None = None
    labels: tuple[str, ...] = ()
    message: str = ""
    author: str = ""
    mark: Mapping[str, Any] | None = None
    mark_version: int = 0
    assets: tuple[RemoteAsset, ...] = ()
    settings: Mapping[str, str] = MappingProxyType({})
    created: str = ""

    @property
    def parent(self) -> str | None:
        """The page or folder right above."""
        return self.ancestors[-1] if self.ancestors else None

    def to_facts(self) -> dict[str, Any]:
        """Give what the state file stores."""
        assets = [asset._asdict() for asset in self.assets]
        return {**self._asdict(), "assets": assets, "settings": dict(self.settings)}

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "RemotePage":
        """Read what the state file stored."""
        values = dict(facts)
        values["ancestors"] = tuple(intern(one) for one in facts["ancestors"])
        values["id"], values["author"] = intern(facts["id"]), intern(facts["author"])
        values["labels"] = tuple(facts["labels"])
        values["assets"] = tuple(RemoteAsset(**asset) for asset in facts["assets"])
        return cls(**values)


def read_page(data: Mapping[str, Any]) -> RemotePage:
    """Read a page from an answer of the REST API; what was not expanded is empty."""
    version = data.get("version") or {}
    metadata = data.get("metadata") or {}
    mark = (metadata.get("properties") or {}).get(PROPERTY) or {}
    value = mark.get("value")
    rows = ((data.get("children") or {}).get("attachment") or {}).get("results") or ()
    author = version.get("by") or {}
    return RemotePage(
        id=intern(str(data["id"])),  # it is named again and again: by what lies below it, in rows, in files
        title=str(data.get("title", "")),
        version=int(version.get("number", 0)),
        when=str(version.get("when", "")),
        ancestors=tuple(intern(str(one["id"])) for one in data.get("ancestors") or ()),
        kind=str(data["type"]) if data.get("type") in ("page", "folder", "blogpost") else "other",
        status=str(data.get("status", "current")),
        position=_position(data),
        labels=tuple(sorted(_labels(metadata))),
        message=str(version.get("message") or ""),
        author=intern(read_user(author).id),
        mark=value if isinstance(value, dict) else None,
        mark_version=int((mark.get("version") or {}).get("number", 0)),
        assets=tuple(read_asset(row) for row in rows),
        created=str((data.get("history") or {}).get("createdDate") or ""),
    )


def read_version(data: Mapping[str, Any]) -> PageVersion:
    """Read a version from an answer of the REST API, either version of it."""
    by = read_user(data.get("by") or {})
    author = by.id or str(data.get("authorId") or "")
    when = str(data.get("when") or data.get("createdAt") or "")
    message, minor = str(data.get("message") or ""), bool(data.get("minorEdit"))
    return PageVersion(int(data["number"]), when, author, by.name, message, minor)


def read_user(data: Mapping[str, Any]) -> RemoteUser:
    """Read a user from an answer of the REST API."""
    ident = str(data.get("accountId") or data.get("userKey") or data.get("username") or "")
    name = str(data.get("displayName") or data.get("publicName") or data.get("username") or ident)
    return RemoteUser(ident, name, str(data.get("email") or ""))


def read_asset(data: Mapping[str, Any]) -> RemoteAsset:
    """Read an attachment from an answer of the REST API."""
    extensions, metadata = data.get("extensions") or {}, data.get("metadata") or {}
    comment = str(extensions.get("comment") or metadata.get("comment") or "")
    return RemoteAsset(
        id=str(data["id"]),
        name=str(data.get("title", "")),
        version=int((data.get("version") or {}).get("number", 0)),
        size=int(extensions["fileSize"]) if extensions.get("fileSize") is not None else -1,
        sha256=sha_in(comment),
        link=str((data.get("_links") or {}).get("download", "")),
    )


def sha_in(comment: str) -> str:
    """Read the SHA-256 that confsync has written into an attachment's comment, "" when there is none."""
    _, mark, digest = comment.partition(SHA_MARK)
    return digest[:64] if mark and len(digest) >= 64 else ""


def read_body(data: Mapping[str, Any]) -> str | None:
    """Read the storage body from an answer, None when it was not expanded."""
    value = ((data.get("body") or {}).get("storage") or {}).get("value")
    return value if isinstance(value, str) else None


def _position(data: Mapping[str, Any]) -> int | None:
    position = (data.get("extensions") or {}).get("position")
    return position if isinstance(position, int) else None


def _labels(metadata: Mapping[str, Any]) -> list[str]:
    found = (metadata.get("labels") or {}).get("results") or ()
    return [str(one["name"]) for one in found if one.get("prefix", "global") == "global"]
