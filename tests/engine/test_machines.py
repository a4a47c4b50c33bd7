"""Random days of two machines and a web editor: when all is quiet both sides are equal, and no typed text is lost."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from confsync.engine import Options
from confsync.errors import ConfsyncError
from confsync.model import Effect, Page, Policy
from tests.engine.machines import Killed, Machine, Site, cloned, machine

SEEDS = int(os.environ.get("CONFSYNC_SEEDS", "12"))


class Day:
    """One random day: who types what, and everything that was ever typed."""

    def __init__(self, seed: int, root: Path) -> None:
        self.rng = random.Random(seed)
        self.site = Site()
        self.root = root
        self.words = 0
        self.pending: list[str] = []
        self.typed: list[str] = []
        self.log: list[str] = []
        for number in range(4):
            self.site.create(f"Page {number}", "<p>One.</p><p>Two.</p><p>Three.</p>", self.parent())
        self.machines = [cloned(self.site, root / f"m{number}") for number in range(2)]

    def word(self) -> str:
        self.words += 1
        self.pending.append(f"w{self.words}w")
        return self.pending[-1]

    def pages(self) -> list[str]:
        return [page.id for page, _ in self.site.api.pages("DOCS") if page.id != self.site.home]

    def parent(self) -> str:
        return self.rng.choice([*self.pages(), self.site.home])

    def options(self) -> Options:
        policy = self.rng.choice([Policy.LOCAL, Policy.REMOTE, Policy.BOTH])
        return Options(full=True, on_conflict=policy, allow_deletes=99)

    # -- the web editor

    def web_edit(self) -> None:
        page = self.rng.choice(self.pages())
        number, word = self.rng.choice(["One", "Two", "Three"]), self.word()
        body = self.site.body(page)
        new = body.replace(number, f"{number} {word}", 1) if number in body else body + f"<p>{word}</p>"
        self.site.edit(page, new)

    def web_rename(self) -> None:
        self.site.edit(self.rng.choice(self.pages()), title=f"Page {self.rng.randrange(8)}")

    def web_move(self) -> None:
        self.site.api.move(self.rng.choice(self.pages()), "append", self.parent())

    def web_delete(self) -> None:
        self.site.api.trash(self.rng.choice(self.pages()))

    def web_create(self) -> None:
        self.site.create(f"Page {self.rng.randrange(12)}", f"<p>{self.word()}</p>", self.parent())

    def web_label(self) -> None:
        self.site.api.add_labels(self.rng.choice(self.pages()), [self.rng.choice("abc")])

    def web_attach(self) -> None:
        self.site.attach(self.rng.choice(self.pages()), "x.txt", self.word().encode(), self.root)

    # -- the folders

    def file(self, one: Machine) -> str:
        return self.rng.choice([path for path in one.files() if path.endswith(".md") and path != "index.md"])

    def type_word(self, one: Machine) -> None:
        path = self.file(one)
        number, word, text = self.rng.choice(["One", "Two", "Three"]), self.word(), one.read(path)
        one.write(path, text.replace(number, f"{number} {word}", 1) if number in text else f"{text}\n{word}\n")

    def rename(self, one: Machine) -> None:
        path, title = self.file(one), f"title: Page {self.rng.random()}"
        lines = one.read(path).split("\n")
        titled = [title if line.startswith("title: ") else line for line in lines]
        one.write(path, "\n".join(titled))

    def move_file(self, one: Machine) -> None:
        path, target = self.file(one), self.file(one)
        new = f"{target.removesuffix('.md')}/{Path(path).name}"
        if not (one.root / new).exists() and not new.startswith(path.removesuffix(".md") + "/"):
            (one.root / new).parent.mkdir(parents=True, exist_ok=True)
            (one.root / path).rename(one.root / new)

    def delete_file(self, one: Machine) -> None:
        self.forget(one, path := self.file(one))
        (one.root / path).unlink()

    def forget(self, one: Machine, path: str) -> None:
        """What somebody deletes or overwrites with their own hands before any run has seen it is theirs to lose."""
        text = one.read(path) if (one.root / path).exists() else ""
        self.typed = [word for word in self.typed if word not in text]

    def new_file(self, one: Machine) -> None:
        word = self.word()
        one.write(f"new-{word}.md", f"# Note {word}\n\n{word}\n")

    def attach_file(self, one: Machine) -> None:
        path = f"{self.file(one).removesuffix('.md')}.files/x.txt"
        self.forget(one, path)
        one.write(path, self.word())

    # -- what happens to a run

    def run(self, one: Machine) -> None:
        with suppress(ConfsyncError):
            self.rng.choice([one.engine.sync, one.engine.sync, one.engine.pull, one.engine.push])(self.options())

    def unlucky(self, one: Machine) -> None:
        action = self.rng.choice(["drop_before", "drop_after", "503", "429", "truncate"])
        self.site.faults.add(self.rng.choice(["GET", "PUT", "POST", "DELETE"]), "/", action, skip=self.rng.randrange(6))
        self.run(one)
        self.site.faults.clear()

    def killed(self, one: Machine) -> None:
        left = self.rng.randrange(1, 6)

        def hook(moment: str, effect: Effect) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Killed

        one.engine.world.hook = hook
        with suppress(Killed, ConfsyncError):
            one.engine.sync(self.options())
        one.engine.close()
        number = self.machines.index(one)
        self.machines[number] = machine(self.site, one.root)

    def step(self) -> None:
        web: list[Callable[[], None]] = [
            self.web_edit, self.web_edit, self.web_rename, self.web_move, self.web_delete, self.web_create,
            self.web_label, self.web_attach,
        ]  # fmt: skip
        local: list[Callable[[Machine], None]] = [
            self.type_word, self.type_word, self.rename, self.move_file, self.delete_file, self.new_file,
            self.attach_file, self.run, self.run, self.unlucky, self.killed,
        ]  # fmt: skip
        choice = self.rng.randrange(len(web) + len(local))
        self.pending.clear()
        with suppress(ConfsyncError, IndexError, FileNotFoundError):  # what cannot be done is not done
            if choice < len(web):
                self.log.append(web[choice].__name__)
                web[choice]()
            else:
                act, one = local[choice - len(web)], self.rng.choice(self.machines)
                self.log.append(f"{act.__name__} {one.root.name}")
                act(one)
            self.typed += self.pending

    def everything(self) -> str:
        """All texts that can still be found: on the site with its history and trash, in folders and their trash."""
        store = self.site.app.sandbox.store
        found: list[str] = []
        for row in store.all("SELECT title, body, blob FROM version"):
            found += [str(row["title"]), str(row["body"])]
            if row["blob"]:
                found.append(b"".join(store.open_blob(row["blob"])).decode())
        for one in self.machines:
            found += [data.decode() for data in one.files().values()] + [one.trash()]
        return "\n".join(found)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_random_day_ends_equal_and_loses_nothing(seed: int, tmp_path: Path) -> None:
    """Edits, moves, deletions, crashes and lost answers on all sides; then everybody syncs until nothing is left."""
    day = Day(seed, tmp_path)
    for _ in range(25):
        day.step()
    for _ in range(6):
        results = [one.engine.sync(day.options()) for one in day.machines]
        if not any(result.done for result in results):
            break
    again = [one.engine.sync(day.options()) for one in day.machines]
    assert [(result.done, result.problems) for result in again] == [((), ()), ((), ())], (seed, day.log)
    trees = [sorted(page.title for page in machine_pages(one)) for one in day.machines]
    assert trees[0] == trees[1], (seed, day.log)
    everything = day.everything()
    assert [word for word in day.typed if word not in everything] == [], (seed, day.log)
    for one in day.machines:
        one.engine.close()
    day.site.app.sandbox.close()
    shutil.rmtree(tmp_path)


def machine_pages(one: Machine) -> list[Page]:
    from confsync.local import Known, local_tree, scan

    rows = one.engine.world.state.rows()
    return list(local_tree(scan(one.root, {}), Known(rows, one.engine.world.state.meta("root"))).tree.pages.values())
