"""The engine's public face: observe, merge, guard, plan, apply, commit; at most five rounds, until nothing is left.

What a method needs is imported when it runs: `status` starts without the parts that talk to the site or convert.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from confsync.config import Config, Credentials, MirrorConfig
from confsync.errors import ReadOnly
from confsync.local import Folder
from confsync.model import Direction, Plan, Policy
from confsync.report import (
    DiffResult,
    OpenConflict,
    PlanResult,
    Reporter,
    ResolveResult,
    RunResult,
    Silent,
    StatusResult,
    UndoResult,
)
from confsync.state import MirrorLock, State, open_state

from .world import History, Hook, Options, Run, World

if TYPE_CHECKING:
    import requests

    from confsync.remote import Api, PageVersion

    from .past import FormerFile


_GARBAGE: Final = 50_000  # values that are made before the cyclic collector looks for garbage, instead of 700


class Engine:
    """Keep one mirror and its part of a site equal. Each method is one run and gives a value to show.

    Raises ConfsyncError and its kinds; a problem with one page is part of the result instead.
    """

    def __init__(self, world: World) -> None:
        self.world = world

    def clone(self, options: Options | None = None) -> RunResult:
        """Bring the whole space into the folder."""
        return self._run("clone", Direction.PULL, options)

    def pull(self, options: Options | None = None) -> RunResult:
        """Bring what has changed on the site into the folder; nothing is written to the site."""
        return self._run("pull", Direction.PULL, options)

    def push(self, options: Options | None = None) -> RunResult:
        """Bring what has changed in the folder to the site; no file's text is changed but for ids and links."""
        return self._run("push", Direction.PUSH, options)

    def sync(self, options: Options | None = None) -> RunResult:
        """Make both sides equal."""
        return self._run("sync", Direction.SYNC, options)

    def plan(self, options: Options | None = None, direction: Direction = Direction.SYNC) -> PlanResult:
        """Show what a run would do, item by item, each with its reason."""
        from confsync.model import replace

        result = self._run("plan", direction, replace(options or Options(), dry_run=True))
        paths = options.paths if options else ()
        return PlanResult(Plan(result.planned, result.decisions), result.problems, result.fingerprint, paths)

    def status(self, paths: Sequence[str] = (), *, remote: bool = False) -> StatusResult:
        """Tell what differs from what was agreed: local changes, and the last known remote ones."""
        from .recall import recall

        if not remote and not paths and (found := recall(self.world)):
            return found
        from .review import status

        return status(self.world, paths, remote=remote)

    def diff(self, paths: Sequence[str] = (), *, remote: bool = False, storage: bool = False) -> DiffResult:
        """Show the differences from what was agreed, or from the site as it is now, as unified diffs."""
        from .review import diff

        return diff(self.world, paths, remote=remote, storage=storage)

    def conflicts(self) -> tuple[OpenConflict, ...]:
        """List the pages whose text waits for a decision."""
        from .settle import open_conflicts

        return open_conflicts(self.world)

    def resolve(self, path: str, accept: str) -> ResolveResult:
        """Settle a conflict: accept is "local", "remote", "merged" or "both". Raises UsageError."""
        from .settle import resolve

        with self._lock():
            return resolve(self.world, path, accept)

    def undo(self) -> UndoResult:
        """Put back what the last run overwrote, moved or deleted locally, and name the remote versions before it."""
        from .settle import undo

        with self._lock():
            return undo(self.world)

    def log(self, path: str) -> tuple[PageVersion, ...]:
        """List the versions of a page on the site, the newest first."""
        from .history import versions

        return versions(self.world, path)

    def show(self, path: str, number: int, *, storage: bool = False) -> str:
        """Give one version of a page as Markdown, or as storage format."""
        from .history import text_of

        return text_of(self.world, path, number, storage=storage)

    def restore(self, path: str, number: int) -> RunResult:
        """Make a version of a page current again, as a new version, and bring its file up to date."""
        from .history import restore

        if self.read_only:
            raise ReadOnly("writing to the site is switched off", place="CONFSYNC_READ_ONLY, read_only")
        return restore(self.world, path, number, lambda page: self.pull(Options(paths=(path,), look=frozenset({page}))))

    def past(self, known: Callable[[str, int], bool]) -> Iterator[FormerFile]:
        """Yield every version of every page that is not known yet, in the order of time, as a file."""
        from .past import former_files

        return former_files(self.world, known)

    def learn(self, dialect: str) -> None:
        """Take what somebody has just found out of the site, so that it is not asked again."""
        self.world.state.set_meta(dialect_key(self.world.config), dialect)

    def close(self) -> None:
        """Close the state file."""
        self.world.state.close()

    def _lock(self) -> MirrorLock:
        return MirrorLock(self.world.state.folder)

    def _run(self, command: str, direction: Direction, options: Options | None) -> RunResult:
        from .cycle import cycle

        options = options or Options()
        world = self.world
        name = f"{world.clock():%Y%m%d-%H%M%S}-{world.ids()[:6]}"
        policy = options.on_conflict or world.mirror.on_conflict or world.config.sync.on_conflict
        run = Run(name, command, options, Policy(policy))
        if direction is Direction.PUSH and self.read_only and not options.dry_run:
            raise ReadOnly("writing to the site is switched off", place="CONFSYNC_READ_ONLY, read_only")
        with self._lock():
            world.state.start_run(name, command, world.clock().timestamp())
            both = direction is Direction.SYNC
            result = cycle(world, run, Direction.PULL if self.read_only and both else direction)
            world.state.finish_run(name, world.clock().timestamp())
        return result

    @property
    def read_only(self) -> bool:
        """Tell whether nothing may be written to the site."""
        return self.world.config.read_only or self.world.mirror.read_only


def dialect_key(config: Config) -> str:
    """Name what is remembered of a site's dialect: found out once, and again when the site says that it has changed."""
    return f"dialect {config.site}"


def open_engine(
    config: Config,
    mirror: MirrorConfig,
    credentials: Credentials,
    *,
    reporter: Reporter | None = None,
    confirm: Callable[[Plan], bool] | None = None,
    transport: requests.Session | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ids: Callable[[], str] = lambda: os.urandom(6).hex(),
    sleep: Callable[[float], None] | None = None,
    random: Callable[[], float] | None = None,
    hook: Hook | None = None,
    log: Callable[[str], None] | None = None,
    workers: int | None = None,
    history: History = lambda file, wanted: None,
) -> Engine:
    """Open the engine for one mirror; its folder and state file are made when they are not there.

    confirm is asked once, before the first write to a site. transport, clock, ids, sleep, random and hook are for
    those who need other ones. workers: how many requests may be under way at once, instead of `[sync] workers`.
    history: former texts of a file, where the mirror lies in a repository.
    """
    # A look makes some dozens of small values a page, none in a ring: to search them again and again takes as long.
    gc.set_threshold(max(_GARBAGE, gc.get_threshold()[0]), 20, 50)
    root: Path = config.mirror_folder(mirror)
    state: State = open_state(root / ".confsync")
    read_only = config.read_only or mirror.read_only

    key = dialect_key(config)

    def connect() -> Api:
        from random import SystemRandom

        from confsync.remote import Session
        from confsync.remote import connect as speak
        from confsync.remote.gate import Gate

        gate = Gate(workers or config.sync.workers)
        chance = random or SystemRandom().random
        session = Session(
            config.site, credentials.user, credentials.secret,
            transport=transport, sleep=sleep or gate.sleep, random=chance, read_only=read_only, log=log,
            tell=(reporter or Silent()).note, gate=gate, gone=lambda: state.set_meta(key, ""),
            signer=credentials.signer,
        )  # fmt: skip
        return speak(session, state.meta(key), lambda name: state.set_meta(key, name))

    folder = Folder(root, state.folder, ids)
    world = World(
        config, mirror, folder, state, connect, clock, ids, reporter or Silent(), confirm,
        hook or (lambda moment, effect: None), history,
    )  # fmt: skip
    return Engine(world)
