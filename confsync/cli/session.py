"""One command at work: settings found upwards, the mirrors that are meant, credentials, and their engines."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from confsync.config import FILE_NAME, Config, Credentials, MirrorConfig, find, load
from confsync.errors import ConfigError, UsageError
from confsync.model import Effect, Plan

from .output import Output

if TYPE_CHECKING:
    import requests

    from confsync.engine import Engine
    from confsync.report import Reporter


class Mirror(NamedTuple):
    """One mirror of the settings, and those of the command's paths that lie in it (relative, none: all of it)."""

    config: Config
    settings: MirrorConfig
    paths: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder of the mirror."""
        return self.config.mirror_folder(self.settings)

    @property
    def name(self) -> str:
        """What the mirror is called among several."""
        return f"{self.settings.space} in {self.settings.path}"

    def shown(self, path: str) -> str:
        """Write a path of the mirror as seen from the working directory."""
        return os.path.relpath(self.folder / path)


def settings(args: Namespace) -> Config:
    """Read the settings. Raises UsageError when there are none, ConfigError when they are wrong."""
    if args.config:
        path = Path(args.config)
        file: Path | None = path / FILE_NAME if path.is_dir() else path
    else:
        file = find(Path.cwd())
    if file is None:
        raise UsageError(f"there is no {FILE_NAME} here or above", remedy="confsync clone SITE SPACE [DIR] makes one")
    config = load(file, os.environ)
    if not config.mirrors:
        raise ConfigError("names no [[mirror]]", place=str(file), remedy="confsync init SITE SPACE adds one")
    if not config.site:
        raise ConfigError("names no site", place=str(file), remedy='add: site = "https://HOST/wiki"')
    return config


def mirrors(args: Namespace, paths: Sequence[str] = ()) -> list[Mirror]:
    """Give the mirrors that the command means: those that hold its paths, or all. Raises UsageError."""
    config = settings(args)
    if not paths:
        return [Mirror(config, one) for one in config.mirrors]
    found: dict[int, list[str]] = {}
    for path in paths:
        number, relative = _locate(config, path)
        found.setdefault(number, []).append(relative)
    return [Mirror(config, config.mirrors[number], tuple(inside)) for number, inside in sorted(found.items())]


def _locate(config: Config, path: str) -> tuple[int, str]:
    """Find the mirror that holds a path, the innermost one, and the path in it."""
    given = Path.cwd() / path
    # The last part may be a link, or may not be there any more: only its folder is looked up.
    absolute = given.resolve() if path in (".", "..") or path.endswith("/..") else given.parent.resolve() / given.name
    inside = [
        (len(folder.parts), number, absolute.relative_to(folder).as_posix())
        for number, one in enumerate(config.mirrors)
        if (folder := config.mirror_folder(one)) == absolute or folder in absolute.parents
    ]
    if inside:
        return max(inside)[1:]
    for number, one in enumerate(config.mirrors):
        if absolute in config.mirror_folder(one).parents:
            return number, "."
    raise UsageError("lies in no mirror", place=path, remedy=f"see the mirrors in {config.folder}/{FILE_NAME}")


def engine(
    mirror: Mirror,
    out: Output,
    credentials: Credentials | None = None,
    *,
    confirm: Callable[[Plan], bool] | None = None,
    reporter: Reporter | None = None,
) -> Engine:
    """Open the engine of a mirror; without credentials it works offline only."""
    from confsync.engine import open_engine

    def hook(moment: str, effect: Effect) -> None:
        if moment == "after":
            out.done.append(str(effect))

    return open_engine(
        mirror.config,
        mirror.settings,
        credentials or Credentials(),
        reporter=reporter,
        confirm=confirm,
        transport=_transport(mirror, credentials),
        hook=hook,
        log=out.detail,
        history=_history,
    )


def _history(file: Path, wanted: Callable[[str], bool]) -> str | None:
    from confsync.git.history import find_text

    return find_text(file, wanted)


def _transport(mirror: Mirror, credentials: Credentials | None) -> requests.Session | None:
    if credentials is None:
        return None
    from .access import transport

    return transport(mirror.config.site)


@contextmanager
def offline(mirror: Mirror, out: Output) -> Iterator[Engine]:
    """Open a mirror for a command that asks nobody."""
    one = engine(mirror, out)
    try:
        yield one
    finally:
        one.close()


@contextmanager
def online(
    mirror: Mirror, out: Output, *, yes: bool = True, reporter: Reporter | None = None
) -> Iterator[Engine]:
    """Open a mirror for a command that talks to the site. Without yes, the first write to a site is confirmed."""
    from .access import READY_USER, access
    from .instance import meet, remembered

    found = access(mirror.config.site, known=bool(remembered(mirror.folder)))
    if found is READY_USER:
        meet(mirror, out)
    ask = None if found is READY_USER else (lambda plan: True) if yes else _question(mirror, out)
    one = engine(mirror, out, found, confirm=ask, reporter=reporter or out.reporter())
    try:
        yield one
    finally:
        one.close()


def _question(mirror: Mirror, out: Output) -> Callable[[Plan], bool]:
    def ask(plan: Plan) -> bool:
        from .show import effect_line

        if not sys.stdin.isatty():
            return False
        out.settle()
        print(f"This is the first write to {mirror.config.site}, space {mirror.settings.space}:", file=sys.stderr)
        print(*(f"  {effect_line(effect)}" for effect in plan.effects), sep="\n", file=sys.stderr)
        print("Go on? [y/N] ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    return ask


def named(mirror: Mirror, document: dict[str, object]) -> dict[str, object]:
    """Put a mirror's name before its document."""
    return {"space": mirror.settings.space, "folder": str(mirror.folder), **document}
