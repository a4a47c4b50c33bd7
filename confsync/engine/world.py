"""What every part of the engine works with: the mirror's folder, its state, the site, and what is handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from confsync.config import Config, MirrorConfig
from confsync.errors import AccessError
from confsync.local import Folder
from confsync.model import Conflict, Effect, Key, Plan, Policy, Problem
from confsync.report import PageReceipt, Reporter
from confsync.state import State

if TYPE_CHECKING:
    from datetime import datetime

    from confsync.local.scan import Entry
    from confsync.remote import Api, RemotePage

    from .crew import Crew

Hook = Callable[[str, Effect], None]
History = Callable[[Path, Callable[[str], bool]], str | None]


class Options(NamedTuple):
    """How one run decides.

    paths: only these files or folders, relative to the mirror. allow_deletes: so many deletions were confirmed. full:
    list everything anew. on_conflict: instead of the configured policy. expect: the fingerprint of the plan that is
    meant; any other stops the run. look: pages to read anew, instead of asking search which those are.
    """

    dry_run: bool = False
    message: str = ""
    minor: bool = False
    on_conflict: Policy | None = None
    allow_deletes: int | None = None
    paths: tuple[str, ...] = ()
    full: bool = False
    expect: str = ""
    look: frozenset[str] | None = None


class World:
    """Everything a run needs. Clock, ids and the site's session are handed in; `hook` sees every effect twice.

    entries: what the folder's files held when they were last scanned, None until the first scan.

    hook("before", effect) runs when the intent is recorded and nothing is done; hook("after", effect) when it is done
    and not yet committed. history(file, wanted) gives a former text of a file, as git knows it.
    """

    def __init__(
        self, config: Config, mirror: MirrorConfig, folder: Folder, state: State, connect: Callable[[], Api],
        clock: Callable[[], datetime], ids: Callable[[], str], reporter: Reporter,
        confirm: Callable[[Plan], bool] | None = None, hook: Hook = lambda moment, effect: None,
        history: History = lambda file, wanted: None,
    ) -> None:  # fmt: skip
        self.config = config
        self.mirror = mirror
        self.folder = folder
        self.state = state
        self.connect = connect
        self.clock = clock
        self.ids = ids
        self.reporter = reporter
        self.confirm = confirm
        self.hook = hook
        self.history = history
        self.entries: Mapping[str, Entry] | None = None
        self._api: Api | None = None

    @property
    def api(self) -> Api:
        """Give the calls to the site; the connection is made when the first one is needed."""
        if self._api is None:
            self._api = self.connect()
        return self._api

    @property
    def crew(self) -> Crew:
        """Give the workers that wait for the site together."""
        from .crew import Crew

        return Crew(self.api.session.gate)


class Run:
    """One run: its name, its options, and what came of it so far.

    dirty: pages to be read anew in the next round. reordered: parents whose children are. delays: why something was
    put off to the next round. archived: the site's archived pages by title without case, None before anybody asked.
    """

    def __init__(self, name: str, command: str, options: Options, policy: Policy) -> None:
        self.name = name
        self.command = command
        self.options = options
        self.policy = policy
        self.done: list[Effect] = []
        self.problems: dict[str, Problem] = {}
        self.receipts: dict[str, PageReceipt] = {}
        self.dirty: set[str] = set()
        self.reordered: set[Key | None] = set()
        self.passing: dict[str, Problem] = {}
        self.meant: frozenset[str] | None = None
        self.decisions: list[Conflict] = []
        self.held: set[str] = set()
        self.listed_in_full = False
        self.denied: AccessError | None = None
        self.delays: dict[str, str] = {}
        self.archived: dict[str, RemotePage] | None = None

    def problem(self, problem: Problem) -> None:
        """Record why a page is held back; one problem a place and message."""
        self.problems[f"{problem.place}:{problem.line}:{problem.message}"] = problem

    def wait(self, problem: Problem) -> None:
        """Record what keeps a page from its place in this round; the next one may get over it."""
        self.passing[f"{problem.place}:{problem.message}"] = problem

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

    return [effect for effect in effects if any(map(hit, (effect.path, effect.new_path, effect.file)))]
