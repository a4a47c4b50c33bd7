"""A random day: one site, some machines, what happens to their runs, and what must be true when all is quiet."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import requests

from confsync.config import SyncConfig
from confsync.engine import Options
from confsync.errors import ConfsyncError
from confsync.local import Known, local_tree, read_document, scan
from confsync.model import FOLDER, Effect, Policy, Problem
from confsync.remote import Api
from confsync.report import RunResult
from tests.engine.machines import SPACE, Killed, Machine, Saved, Site, at, cloned, machine
from tests.engine.people import PARTS, WORD, Author, Colleague, Ledger, attempted
from tests.wire import WsgiAdapter

POLICIES = (Policy.LOCAL, Policy.REMOTE, Policy.BOTH, Policy.ASK)
COMMANDS = ("sync", "sync", "pull", "push")
ROUNDS = 12
NOTHING_TO_DO = (
    "run it again", "mend that file first", "see the problem of the parent", "see the problem of that page",
    "see the page's problem",
)  # fmt: skip


def start(folder: Path) -> Saved:
    """What every day starts from: a site with four pages and a fresh clone of it, made once and copied."""
    site = Site()
    site.app.sandbox.create_user("bob")
    for number in range(4):
        parent = site.titles().get(f"Page {number - 2}")
        site.create(f"Page {number}", "<p>One.</p><p>Two.</p><p>Three.</p>", parent)
    cloned(site, folder / "m0").engine.close()
    return Saved(site, folder)


class Wire(WsgiAdapter):
    """A way to the site on which something can happen before a request, or a write come late, after all hope is lost."""

    def __init__(self, site: Site) -> None:
        super().__init__(site.app)
        self.events: list[tuple[str, int, Callable[[], None]]] = []
        self.postpone: tuple[str, int] | None = None
        self.late: list[tuple[int, requests.PreparedRequest]] = []

    def send(self, request: requests.PreparedRequest, **given: object) -> requests.Response:  # type: ignore[override]
        for event in list(self.events):
            method, left, act = event
            if request.method == method:
                self.events.remove(event)
                if left:
                    self.events.append((method, left - 1, act))
                else:
                    attempted(act)
        self.late = [(left - 1, one) for left, one in self.late]
        self.deliver(only_due=True)
        if self.postpone and request.method == self.postpone[0]:
            after, self.postpone = self.postpone[1], None
            if hasattr(request.body, "read"):
                request.body = request.body.read()  # the file will be closed by then
            self.late.append((after, request))
            raise requests.ConnectionError("timed out")
        return super().send(request, **given)

    def deliver(self, *, only_due: bool = False) -> None:
        """Let the requests arrive that are on their way; nobody waits for the answers."""
        due = [one for left, one in self.late if left <= 0 or not only_due]
        self.late = [(left, one) for left, one in self.late if left > 0 and only_due]
        for one in due:
            super().send(one)


class Rule(Api):
    """Calls of which one goes by another rule, whatever the site speaks."""

    @classmethod
    def over(cls, api: Api) -> Api:
        """Put the rule before the calls to a site."""
        mutant: Api = type(cls.__name__, (cls, type(api)), {})(api.session)
        return mutant


class Day:
    """One random day. rule: what is otherwise about the calls that machines make, for mutants."""

    def __init__(self, start: Saved, root: Path, machines: int, rule: type[Rule] | None = None) -> None:
        self.site, self.root, self.rule = start.again(root), root, rule
        self.words, self.attic, self.ids = Ledger(), "", 0
        self.colleague = Colleague(self.site, self.words, root)
        for number in range(1, machines):
            shutil.copytree(root / "m0", root / f"m{number}")
        self.machines = [self.opened(root / f"m{number}") for number in range(machines)]

    def id(self) -> str:
        """Give marks that are the same each time the day is lived through."""
        self.ids += 1
        return sha256(str(self.ids).encode()).hexdigest()[:12]

    def opened(self, folder: Path, wire: Wire | None = None) -> Machine:
        # One request at a time, so that a day goes the same way each time. The first machine waits for drafts.
        sync = SyncConfig(workers=1, drafts="wait" if folder.name == "m0" else "warn")
        one = machine(self.site, folder, wire=wire or Wire(self.site), ids=self.id, sync=sync)
        connect = one.engine.world.connect
        if self.rule is not None:
            rule = self.rule
            one.engine.world.connect = lambda: rule.over(connect())
        return one

    def web(self, act: Callable[..., None], *numbers: int) -> None:
        """Somebody does something in the web editor. A draft that this overrides is theirs to lose."""
        open_ = "".join(self.colleague.drafts().values())
        attempted(act, *numbers)
        self.lose(open_)

    def local(self, who: int, name: str, *numbers: int) -> None:
        """Somebody does something in a folder."""
        attempted(getattr(self.author(who), name), *numbers)

    def author(self, who: int) -> Author:
        return Author(self.machines[who % len(self.machines)], self.words, self.lose)

    def close(self) -> None:
        for one in self.machines:
            one.engine.close()
        shutil.rmtree(self.root)

    # -- runs

    def run(self, who: int, command: str, policy: Policy, *, full: bool = True) -> None:
        """One run of a command. Nothing but an error in words may come out of it."""
        one = self.machines[who % len(self.machines)]
        typed, there = set(self.words.typed), set(WORD.findall(self.current()))
        try:
            with suppress(ConfsyncError):
                getattr(one.engine, command)(Options(full=full, on_conflict=policy, allow_deletes=99))
        finally:
            if policy is Policy.LOCAL:  # what it has decided against goes into the page's history, at the latest next time
                here = set(WORD.findall(b"\n".join(one.files().values()).decode()))
                self.words.removed |= (there | (self.words.typed - typed)) - here

    def unlucky(self, who: int, command: str, policy: Policy, fault: tuple[str, str, int, int]) -> None:
        """A run with something wrong on the way: method, what, after how many requests, and how often."""
        method, action, skip, times = fault
        self.site.faults.add(method, "/", action, skip=skip, times=times)
        self.run(who, command, policy)
        self.site.faults.clear()

    def barred(self, who: int, command: str, policy: Policy, page: int, status: str) -> None:
        """A run in which one page may not be read."""
        with suppress(LookupError):
            self.site.faults.add("GET", at(self.colleague.one(page)), status, times=99)
        self.run(who, command, policy)
        self.site.faults.clear()

    def late(self, who: int, command: str, policy: Policy, method: str, after: int) -> None:
        """A run one of whose writes arrives when it is not expected any more."""
        wire = self.wire(who)
        wire.postpone = (method, after)
        self.run(who, command, policy)
        wire.postpone = None

    def meanwhile(self, who: int, command: str, policy: Policy, when: tuple[str, int], act: Callable[[], None]) -> None:
        """A run during which somebody else does something, before a request of this method and number."""
        wire = self.wire(who)
        wire.events.append((*when, act))
        self.run(who, command, policy)
        wire.events.clear()

    def overtaken(self, who: int, policy: Policy, pick: int, parts: tuple[int, int]) -> None:
        """A page is edited here, and saved by a colleague just before it is pushed."""
        author = self.author(who)
        author.type(pick, parts[0])
        known = re.search(r"confluence_page_id: .(\d+)", author.one.read(author.file(pick)))
        if known:
            self.meanwhile(who, "sync", policy, ("PUT", 0), lambda: self.web(self.colleague.add_word, int(known[1]), parts[1]))

    def killed(self, who: int, policy: Policy, moment: str, number: int) -> None:
        """A run whose process ends at an effect; the folder is opened again."""
        index = who % len(self.machines)
        one, left = self.machines[index], number

        def hook(when: str, effect: Effect) -> None:
            nonlocal left
            left -= when == moment
            if left < 0:
                raise Killed

        one.engine.world.hook = hook
        with suppress(Killed):
            self.run(who, "sync", policy)
        self.reopen(index)

    def forgetful(self, who: int) -> None:
        """The state folder is deleted, with its trash."""
        index = who % len(self.machines)
        self.attic += self.machines[index].trash()
        self.machines[index].engine.close()
        shutil.rmtree(self.machines[index].root / ".confsync")
        self.reopen(index)

    def reopen(self, index: int) -> None:
        one = self.machines[index]
        one.engine.close()
        self.machines[index] = self.opened(one.root, self.wire(index))

    def wire(self, who: int) -> Wire:
        wire = self.machines[who % len(self.machines)].wire
        assert isinstance(wire, Wire)
        return wire

    # -- what can be found

    def lose(self, text: str) -> None:
        """What somebody deletes or overwrites by hand before any run has seen it is theirs to lose."""
        self.words.typed -= set(WORD.findall(text)) - set(WORD.findall(self.everything()))

    def current(self) -> str:
        """The texts of all pages of the site, those in its trash too: they may come back."""
        rows = self.site.app.sandbox.store.all(
            "SELECT body FROM content JOIN version ON content_id = id AND number = version WHERE type = 'page'"
        )
        return "\n".join(str(row[0]) for row in rows)

    def everything(self, *, history: bool = True) -> str:
        """All texts that can still be found: on the site with its trash and history, in folders and their trash."""
        store = self.site.app.sandbox.store
        found = [self.attic, *self.colleague.drafts().values()]
        join = "" if history else "JOIN content ON id = content_id AND content.version = number"
        for row in store.all(f"SELECT body, blob FROM version {join}"):
            found.append(str(row["body"]))
            if row["blob"]:
                found.append(b"".join(store.open_blob(row["blob"])).decode())
        for one in self.machines:
            found += [data.decode() for data in one.files().values()] + [one.trash()]
        return "\n".join(found)

    # -- the evening

    def quiet(self) -> None:
        """Everybody syncs and does what the problems say, until nothing is left to do."""
        self.site.faults.clear()
        for who in range(len(self.machines)):
            self.wire(who).deliver()
        told: list[object] = []
        for _ in range(ROUNDS):
            told.clear()
            for one in self.machines:
                result = one.engine.sync(Options(full=True, on_conflict=Policy.ASK, allow_deletes=99))
                told += [*result.done, *self.mended(one, result)]
            if not told:
                return
        raise AssertionError(f"it never gets quiet: {told}")

    def mended(self, one: Machine, result: RunResult) -> Iterator[object]:
        """Do what each conflict and problem says."""
        for number, conflict in enumerate(result.conflicts):
            one.engine.resolve(conflict.path, ("both", "remote", "local")[number % 3])
            yield conflict
        for problem in result.problems:
            self.mend(one, problem)
            yield problem

    def mend(self, one: Machine, problem: Problem) -> None:
        author, path = Author(one, self.words, self.lose), problem.place
        if "until it is published" in problem.remedy:
            self.colleague.publish()  # the file may be gone: it is its deletion that waits
        elif not (one.root / path).exists():
            return  # it has moved in the same run: the next one says where it is
        elif (folder := one.root / path).is_dir():  # of files in the way, or one that stands for a page
            folder.rename(folder.with_name(f"elsewhere-{self.id()}{folder.suffix}"))
        elif named := re.search(r"name it for example '(.*)'", problem.remedy):
            author.entitle(path, named[1])
        elif problem.remedy.startswith("mend the text"):
            one.write(path, re.sub(r"^(<<<<<<<|\|\|\|\|\|\|\||=======|>>>>>>>).*\n", "", one.read(path), flags=re.MULTILINE))
        elif "remove `confluence_page_id`" in problem.remedy:
            one.write(path, re.sub(r"confluence_page_id: .*\n", "", one.read(path)))
        elif problem.remedy == "keep one of them" or problem.remedy.startswith("move it elsewhere"):
            author.relocate(path, f"elsewhere-{self.id()}.md", children=False)
        elif problem.remedy not in NOTHING_TO_DO:
            raise AssertionError(f"nobody knows what to do about it: {problem}")

    def check(self) -> None:
        """Everything that must be true when all is quiet."""
        site = dict(self.pages_of_site())
        for one in self.machines:
            here = dict(pages_of(one))
            assert here.keys() == site.keys(), f"{one.root.name}: other pages"
            for page, facts in here.items():
                there = {name: value for name, value in site[page].items() if name != "text" or facts[name] is not None}
                here_ = {name: facts[name] for name in there}
                assert here_ == there, f"{one.root.name}, page {page}: {here_} there: {there}"
        assert sorted(self.words.typed - set(WORD.findall(self.everything()))) == [], "lost for good"
        standing = self.words.typed - self.words.removed
        assert sorted(standing - set(WORD.findall(self.everything(history=False)))) == [], "lost but for the history"
        bodies = [" ".join(facts["text"] or ()) for facts in site.values()]
        for word in self.words.made - self.words.copied:
            assert sum(word in body for body in bodies) < 2, f"there are two pages with {word}"
        self.check_calm()

    def check_calm(self) -> None:
        """One more sync writes nothing."""
        for one in self.machines:
            before, _ = one.files(), one.asked()
            result = one.engine.sync(Options(full=True))
            assert (result.done, result.problems, result.conflicts) == ((), (), ())
            assert one.writes() == []
            assert one.files() == before

    def pages_of_site(self) -> Iterator[tuple[str, dict[str, object]]]:
        for page, body in self.site.api.pages(SPACE, body=True):
            files = {a.name: sha256(self.site.bytes_of(page.id, a.name)).hexdigest() for a in page.assets}
            text = said(body or "")
            yield page.id, {
                "title": page.title, "parent": page.parent, "labels": sorted(page.labels), "files": files, "text": text,
            }  # fmt: skip


def said(text: str) -> list[str]:
    """The words of a text that people have typed, in order."""
    return re.findall("|".join([WORD.pattern, *PARTS]), text)


def pages_of(one: Machine) -> Iterator[tuple[str, dict[str, object]]]:
    """What a folder says, page by page; a directory without a page file has no text."""
    state = one.engine.world.state
    found = scan(one.root, {})
    local = local_tree(found, Known(state.rows(), state.meta("root"), state.meta("root_title")))
    assert not local.tree.unknown
    for key, page in local.tree.pages.items():
        text = None
        if page.body != FOLDER:
            text = said(read_document(local.paths[key], one.read(local.paths[key]))[1].text)
        files = {name: asset.content for name, asset in local.tree.assets_of(key).items()}
        yield str(key), {
            "title": page.title, "parent": page.parent, "labels": sorted(page.labels), "files": files, "text": text,
        }  # fmt: skip
