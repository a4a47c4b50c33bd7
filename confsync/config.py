"""Settings: `.confsync.toml`, found upwards from the working directory, and credentials from the environment.

Secrets are never read from the file and never written to it.
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from confsync.errors import ConfigError
from confsync.model import Policy

FILE_NAME: Final = ".confsync.toml"

_TEXT, _FLAG, _NUMBER, _TABLES = (str,), (bool,), (int, float), (list,)
_NUMBER_OR_TEXT = (int, str)

# table -> key -> the types it may have. The documented keys, all of them: a later feature's key is accepted today.
KEYS: Final[Mapping[str, Mapping[str, tuple[type, ...]]]] = {
    "": {"site": _TEXT, "mirror": _TABLES, "sync": (dict,), "git": (dict,), "watch": (dict,), "read_only": _FLAG},
    "mirror": {
        "space": _TEXT, "root": _NUMBER_OR_TEXT, "path": _TEXT, "layout": _TEXT, "identity": _TEXT, "dialect": _TEXT,
        "read_only": _FLAG, "on_conflict": _TEXT,
    },
    "sync": {
        "on_conflict": _TEXT, "on_delete": _TEXT, "max_deletes": _NUMBER_OR_TEXT, "full_listing": _NUMBER_OR_TEXT,
        "drafts": _TEXT, "message": _TEXT, "comments": _TEXT, "comments_files": _FLAG,
        "workers": (int,),
    },
    "git": {"branch": _TEXT, "commit": _FLAG},
    "watch": {"debounce": _NUMBER, "poll": _NUMBER},
}  # fmt: skip

CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "on_conflict": tuple(Policy),
    "on_delete": ("trash", "archive", "keep"),
    "drafts": ("wait", "warn", "overwrite"),
    "layout": ("sibling", "index", "readme"),
    "identity": ("front_matter", "property"),
    "dialect": ("gfm", "mkdocs", "docusaurus", "obsidian"),
    "comments": ("keep", "warn", "refuse"),
}

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class MirrorConfig(NamedTuple):
    """One mirror: a space, or a page's subtree, and the folder it is kept in (relative to the file's own)."""

    space: str
    path: str = "."
    root: str | None = None
    layout: str = ""
    identity: str = "front_matter"
    dialect: str = "gfm"
    read_only: bool = False
    on_conflict: Policy | None = None


class SyncConfig(NamedTuple):
    """How a run decides. full_listing is in seconds; max_deletes a share ("20%") or a number.

    workers: how many requests may be under way at once. comments_files: whether comments are kept beside their pages.
    """

    on_conflict: Policy = Policy.ASK
    on_delete: str = "trash"
    max_deletes: str = "20%"
    full_listing: float = 600.0
    drafts: str = "wait"
    message: str = "{subject}"
    comments: str = "keep"
    comments_files: bool = False
    workers: int = 8


class GitConfig(NamedTuple):
    """How the mirror's git repository is treated."""

    branch: str = ""
    commit: bool = False


class WatchConfig(NamedTuple):
    """Seconds to wait after a file event, and between polls."""

    debounce: float = 0.3
    poll: float = 30.0


class Config(NamedTuple):
    """All settings of one `.confsync.toml`; `folder` is where it lies, None when it was not read from a file."""

    site: str
    mirrors: tuple[MirrorConfig, ...]
    sync: SyncConfig = SyncConfig()
    git: GitConfig = GitConfig()
    watch: WatchConfig = WatchConfig()
    read_only: bool = False
    folder: Path | None = None

    def mirror_folder(self, mirror: MirrorConfig) -> Path:
        """Give the absolute folder of a mirror."""
        return ((self.folder or Path.cwd()) / mirror.path).resolve()


class Credentials(NamedTuple):
    """Who asks. With `user` the secret is a password or API token, without it a personal access token.

    signer: what signs requests in another way, see `confsync.remote.auth`.
    """

    user: str = ""
    secret: str = ""
    signer: Any = None

    def __bool__(self) -> bool:
        return bool(self.secret) or self.signer is not None

    def __repr__(self) -> str:
        return f"Credentials(user={self.user!r})"  # never the secret


CredentialsHook = Callable[[str], Credentials | None]


def find(start: Path) -> Path | None:
    """Find the nearest `.confsync.toml` at or above a directory."""
    for folder in (start, *start.parents):
        candidate = folder / FILE_NAME
        if candidate.is_file():
            return candidate
    return None


def load(path: Path, env: Mapping[str, str]) -> Config:
    """Read a configuration file; the environment may override the site and forbid writing.

    Raises ConfigError with file and key, and for an unknown key the nearest known one.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", place=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"is not TOML: {error}", place=str(path)) from error
    return parse(data, env, place=str(path), folder=path.resolve().parent)


def parse(
    data: Mapping[str, Any], env: Mapping[str, str], *, place: str = FILE_NAME, folder: Path | None = None
) -> Config:
    """Judge the content of a configuration file, already read as TOML."""
    _check(data, "", place)
    mirrors = data.get("mirror", [])
    for mirror in mirrors:
        _check(mirror, "mirror", place)
        if "space" not in mirror:
            raise ConfigError("a [[mirror]] needs a space", place=place, remedy='add: space = "KEY"')
    for table in ("sync", "git", "watch"):
        _check(data.get(table, {}), table, place)
    site = env.get("CONFLUENCE_URL") or data.get("site", "")
    return Config(
        site=clean_site(site, place) if site else "",
        mirrors=tuple(_mirror(mirror) for mirror in mirrors),
        sync=_sync(data.get("sync", {}), place),
        git=GitConfig(**data.get("git", {})),
        watch=WatchConfig(**{key: float(value) for key, value in data.get("watch", {}).items()}),
        read_only=bool(data.get("read_only", False)) or reads_only(env),
        folder=folder,
    )


def credentials(site: str, env: Mapping[str, str], hook: CredentialsHook | None = None) -> Credentials:
    """Find the credentials for a site: the environment first, then the hook (a keyring); empty when there are none."""
    personal = env.get("CONFLUENCE_PERSONAL_TOKEN", "")
    user = env.get("CONFLUENCE_USERNAME") or env.get("CONFLUENCE_USER_NAME") or ""
    token = env.get("CONFLUENCE_API_TOKEN") or env.get("CONFLUENCE_API_KEY") or ""
    if user and token:
        return Credentials(user, token)
    if personal or token:
        return Credentials("", personal or token)
    return (hook(site) if hook else None) or Credentials()


def reads_only(env: Mapping[str, str]) -> bool:
    """Tell whether the environment forbids every write to a site."""
    return env.get("CONFSYNC_READ_ONLY", "") not in ("", "0", "false")


def clean_site(site: str, place: str = "") -> str:
    """Check a site's address and give it without a trailing slash. Raises ConfigError."""
    parts = urlsplit(site)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{site!r} is no address of a site", place=place, remedy="write https://HOST/wiki")
    if parts.username or parts.password:
        raise ConfigError("the site's address must not hold credentials", place=place, remedy="use the environment")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def write(path: Path, site: str, mirror: MirrorConfig) -> None:
    """Write a configuration file, or add a mirror to the one that is there; comments and order of it stay."""
    import tomlkit

    document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
    if "site" not in document:
        document["site"] = site
    table = tomlkit.table()
    for key in ("space", "root", "path", "layout"):
        value = getattr(mirror, key)
        if value:
            table[key] = value
    mirrors = document.get("mirror")
    if mirrors is None:
        mirrors = tomlkit.aot()
        document["mirror"] = mirrors
    mirrors.append(table)
    path.write_text(tomlkit.dumps(document), encoding="utf-8")


def seconds(value: str | int, place: str, key: str) -> float:
    """Read a duration: a number of seconds, or a number with s, m, h or d."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([smhd]?)\s*", str(value))
    if not match:
        raise ConfigError(f"{value!r} is no duration", place=f"{place}, {key}", remedy='write "30s", "10m" or "2h"')
    return float(match[1]) * _UNITS[match[2] or "s"]


def _check(table: Any, name: str, place: str) -> None:
    if not isinstance(table, Mapping):
        raise ConfigError(f"[{name}] is not a table", place=place)
    for key, value in table.items():
        where = f"{place}, {name + '.' if name else ''}{key}"
        allowed = KEYS[name].get(key)
        if allowed is None:
            from difflib import get_close_matches

            nearest = get_close_matches(key, KEYS[name], n=1, cutoff=0.0)
            raise ConfigError("unknown key", place=where, remedy=f"did you mean {nearest[0]!r}?" if nearest else "")
        if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
            words = {str: "text", bool: "true or false", int: "a number", list: "a list of tables", dict: "a table"}
            raise ConfigError(f"{value!r} is not {' or '.join(words[t] for t in allowed if t in words)}", place=where)
        if key in CHOICES and value not in CHOICES[key]:
            raise ConfigError(f"{value!r} is not one of {', '.join(CHOICES[key])}", place=where)


def _mirror(data: Mapping[str, Any]) -> MirrorConfig:
    values = dict(data)
    if "root" in values:
        values["root"] = str(values["root"])
    if "on_conflict" in values:
        values["on_conflict"] = Policy(values["on_conflict"])
    return MirrorConfig(**values)


def _sync(data: Mapping[str, Any], place: str) -> SyncConfig:
    values = dict(data)
    if "on_conflict" in values:
        values["on_conflict"] = Policy(values["on_conflict"])
    if "full_listing" in values:
        values["full_listing"] = seconds(values["full_listing"], place, "sync.full_listing")
    if "max_deletes" in values:
        values["max_deletes"] = str(values["max_deletes"])
        if not re.fullmatch(r"\d+%?", values["max_deletes"]):
            where = f"{place}, sync.max_deletes"
            raise ConfigError("is neither a number nor a share", place=where, remedy='write "20%"')
    if not 1 <= values.get("workers", 1) <= 32:
        raise ConfigError("is not between 1 and 32", place=f"{place}, sync.workers", remedy="leave it out: it is 8")
    return SyncConfig(**values)
