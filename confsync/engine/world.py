"""What every part of the engine works with: the mirror's folder, its state, the site, and what is handed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from confsync.config import Config, MirrorConfig
from confsync.errors import AccessError
from confsync.local import Folder
from confsync.model import Conflict, Effect, Plan, Policy, Problem
from confsync.remote import Api
from confsync.report import PageReceipt, Reporter
from confsync.state import State

Hook = Callable[[str, Effect], None]


@dataclass(frozen=True, slots=True)
class Options:
    """How one run decides.

    paths: only these files or folders, relative to the mirror. allow_deletes: so many deletions were confirmed. full:
    list everything anew. on_conflict: instead of the configured policy.
    """

    dry_run: bool = False
    message: str = ""
    minor: bool = False
    on_conflict: Policy | None = None
    allow_deletes: int | None = None
    paths: tuple[str, ...] = ()
    full: bool = False


@dataclass(slots=True)
class World:
    """Everything a run needs. Clock, ids and the site's session are handed in; `hook` sees every effect twice.

    hook("before", effect) runs when the intent is recorded and nothing is done; hook("after", effect) when it is done
    and not yet committed.
    """

    config: Config
    mirror: MirrorConfig
    folder: Folder
    state: State
    connect: Callable[[], Api]
    clock: Callable[[], datetime]
    ids: Callable[[], str]
    reporter: Reporter
    confirm: Callable[[Plan], bool] | None = None
    hook: Hook = lambda moment, effect: None
    _api: Api | None = None

    @property
    def api(self) -> Api:
        """Give the calls to the site; the connection is made when the first one is needed."""
        if self._api is None:
            self._api = self.connect()
        return self._api


@dataclass(slots=True)
class Run:
    """One run: its name, its options, and what came of it so far. dirty: pages to be read anew in the next round."""

    name: str
    command: str
    options: Options
    policy: Policy
    done: list[Effect] = field(default_factory=list)
    problems: dict[str, Problem] = field(default_factory=dict)
    receipts: dict[str, PageReceipt] = field(default_factory=dict)
    dirty: set[str] = field(default_factory=set)
    decisions: list[Conflict] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    again: bool = False
    last_op: str = ""
    listed_in_full: bool = False
    denied: AccessError | None = None

    def problem(self, problem: Problem) -> None:
        """Record why a page is held back; one problem a place and message."""
        self.problems[f"{problem.place}:{problem.line}:{problem.message}"] = problem

    def hold(self, effect: Effect, problem: Problem) -> None:
        """Record a problem and leave what it concerns alone for the rest of the run."""
        self.held.add(str(effect.key))
        self.problem(problem)


def chosen(effects: Sequence[Effect], paths: Sequence[str]) -> list[Effect]:
    """Keep the effects on these files or folders, all when none are named."""
    wanted = tuple(path.strip("/") for path in paths)
    if not wanted or "." in wanted or "" in wanted:
        return list(effects)

    def hit(path: str) -> bool:
        return any(path == one or path.startswith((f"{one}/", f"{one.removesuffix('.md')}.files")) for one in wanted)

    return [effect for effect in effects if hit(effect.path) or hit(effect.new_path)]
