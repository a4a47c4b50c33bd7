"""What people do on a random day: colleagues in the web editor, authors in their folders. Every word is typed once."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from confsync.errors import ConfsyncError
from confsync.model.paths import OWN_FILES
from confsync.remote import NewVersion
from tests.engine.machines import Machine, Site

WORD = re.compile(r"w\d+w")
ID = re.compile(r"confluence_page_id: .(\d+)")
PARTS = ("One", "Two", "Three")
TITLES = tuple(f"Page {number}" for number in range(6))
LABELS = ("red", "green", "blue")


class Ledger:
    """Every word that was typed.

    typed: must be somewhere for ever, be it in a former version. removed: taken away by somebody on purpose, so that a
    former version is enough. made: words of created pages, which no two pages may have. copied: words that an author
    has doubled.
    """

    def __init__(self) -> None:
        self.count = 0
        self.typed: set[str] = set()
        self.removed: set[str] = set()
        self.made: set[str] = set()
        self.copied: set[str] = set()

    def new(self) -> str:
        self.count += 1
        return f"w{self.count}w"

    def keep(self, word: str, *, made: bool = False) -> None:
        self.typed.add(word)
        if made:
            self.made.add(word)


class Colleague:
    """Somebody in the web editor, and in other clients. What the site refuses raises ConfsyncError, and is not done."""

    def __init__(self, site: Site, words: Ledger, uploads: Path) -> None:
        self.site, self.words, self.uploads = site, words, uploads

    def pages(self) -> list[str]:
        """The current pages but the home page, oldest first."""
        return [page for page in self.listed("current") if page != self.site.home]

    def listed(self, status: str) -> list[str]:
        """The pages with a status, oldest first; looked up without HTTP, which would take most of a day's time."""
        found = self.site.app.sandbox.store.all(
            "SELECT id FROM content WHERE type = 'page' AND status = ? ORDER BY id", status
        )
        return [str(row[0]) for row in found]

    def one(self, pick: int) -> str:
        """A page. Raises LookupError when there is none."""
        return chosen(self.pages(), pick)

    def edit(self, pick: int, part: int) -> None:
        self.add_word(int(self.one(pick)), part)

    def add_word(self, number: int, part: int) -> None:
        """Type a word into the page with this id."""
        page = str(number)
        word, body, at = self.words.new(), self.site.body(page), PARTS[part % 3]
        self.site.edit(page, body.replace(at, f"{at} {word}", 1) if at in body else f"{body}<p>{word}</p>")
        self.words.keep(word)

    def rewrite(self, pick: int, part: int) -> None:
        """Put new words in the place of a whole paragraph."""
        page, word = self.one(pick), self.words.new()
        body = self.site.body(page)
        paragraph = chosen(re.findall(r"<p>.*?</p>", body), part)
        self.site.edit(page, body.replace(paragraph, f"<p>{word}</p>", 1))
        self.words.keep(word)
        self.words.removed |= set(WORD.findall(paragraph))

    def rename(self, pick: int, title: int) -> None:
        self.site.edit(self.one(pick), title=chosen(TITLES, title))

    def swap(self, pick: int, other: int) -> None:
        one, two = self.one(pick), self.one(other)
        if one == two:
            return
        titles = self.site.page(one).title, self.site.page(two).title
        self.site.edit(one, title="For a moment")
        self.site.edit(two, title=titles[0])
        self.site.edit(one, title=titles[1])

    def move(self, pick: int, other: int) -> None:
        self.site.api.move(self.one(pick), "append", chosen([self.site.home, *self.pages()], other))

    def delete(self, pick: int) -> None:
        self.site.api.trash(self.one(pick))

    def restore(self, pick: int) -> None:
        """Bring a page back from the trash, as the web page does."""
        page = self.site.api.page(chosen(self.listed("trashed"), pick), status="trashed")[0]
        self.site.api.update(page.id, NewVersion(page.version + 1, page.title))

    def create(self, title: int, parent: int) -> None:
        word, above = self.words.new(), chosen([self.site.home, *self.pages()], parent)
        self.site.create(chosen(TITLES, title), f"<p>One {word}</p><p>Two</p>", above)
        self.words.keep(word, made=True)

    def draft(self, pick: int, part: int) -> None:
        """Open a page in the editor, and type a word that is not published yet."""
        page, word, at = self.one(pick), self.words.new(), PARTS[part % 3]
        body = self.site.body(page).replace(at, f"{at} {word}", 1)
        body = body if word in body else f"{body}<p>{word}</p>"
        self.site.app.sandbox.save_draft(page, "bob", self.site.page(page).title, body)
        self.words.keep(word)

    def publish(self) -> None:
        """Publish all drafts on top of what is there: what they were made from may be gone by now."""
        for page, body in self.drafts().items():
            words = "".join(f"<p>{word}</p>" for word in WORD.findall(body) if word not in self.site.body(page))
            self.site.edit(page, self.site.body(page) + words)

    def drafts(self) -> dict[str, str]:
        """What is open in the editor: page id -> body. Nobody can read the draft of a page in the trash."""
        rows = self.site.app.sandbox.store.all(
            "SELECT content_id, body FROM draft JOIN content ON content_id = id WHERE status = 'current' ORDER BY id"
        )
        return {str(page): str(body) for page, body in rows}

    def label(self, pick: int, label: int) -> None:
        page, name = self.one(pick), chosen(LABELS, label)
        if name in self.site.page(page).labels:
            self.site.api.remove_label(page, name)
        else:
            self.site.api.add_labels(page, [name])

    def attach(self, pick: int, name: int) -> None:
        page, word, file = self.one(pick), self.words.new(), chosen(("x.txt", "y.txt"), name)
        there = {asset.name for asset in self.site.api.assets(page)}
        was = self.site.bytes_of(page, file) if file in there else b""
        self.site.attach(page, file, word.encode(), self.uploads)
        self.words.keep(word)
        self.words.removed |= set(WORD.findall(was.decode()))

    def detach(self, pick: int) -> None:
        page = self.one(pick)
        self.site.api.trash(chosen(self.site.api.assets(page), 0).id)

    def comment(self, pick: int, part: int) -> None:
        """Comment on words: the site puts a marker around them, and makes no version for it."""
        page, at, store = self.one(pick), PARTS[part % 3], self.site.app.sandbox.store
        body = self.site.body(page)
        if at not in body or f">{at}<" in body.replace(f"<p>{at}", ""):
            return
        reference = f"00000000-0000-4000-8000-{self.words.count:012d}"
        self.words.count += 1
        new = body.replace(at, f'<ac:inline-comment-marker ac:ref="{reference}">{at}</ac:inline-comment-marker>', 1)
        with store.transaction():
            store.run(
                "UPDATE version SET body = ? WHERE content_id = ? AND number = ?",
                new, int(page), self.site.page(page).version,
            )  # fmt: skip


class Author:
    """Somebody who works in a folder. lose: gets the text that is deleted or overwritten by hand."""

    def __init__(self, one: Machine, words: Ledger, lose: Callable[[str], None]) -> None:
        self.one, self.words, self.lose = one, words, lose

    def files(self) -> list[str]:
        """The page files but the home page's."""
        names = (path for path in self.one.files() if path.endswith(".md") and not OWN_FILES.match(path))
        return [path for path in names if path != "index.md" and ".files/" not in path]

    def file(self, pick: int) -> str:
        """A page file. Raises LookupError when there is none."""
        return chosen(self.files(), pick)

    def type(self, pick: int, part: int) -> None:
        path, word, at = self.file(pick), self.words.new(), PARTS[part % 3]
        text = self.one.read(path)
        body = text.rpartition("---\n")[2]
        new = body.replace(at, f"{at} {word}", 1) if at in body else f"{body}\n{word}\n"
        self.one.write(path, text[: len(text) - len(body)] + new)
        self.words.keep(word)

    def rewrite(self, pick: int, part: int) -> None:
        """Put new words in the place of a paragraph."""
        path, word = self.file(pick), self.words.new()
        text = self.one.read(path)
        head, body = text[: text.rfind("---\n") + 4], text[text.rfind("---\n") + 4 :]
        lines = body.split("\n")
        at = chosen([number for number, line in enumerate(lines) if re.match(r"\w", line)], part)
        gone, lines[at] = lines[at], word
        self.one.write(path, head + "\n".join(lines))
        self.words.keep(word)
        self.words.removed |= set(WORD.findall(gone))
        self.lose(gone)

    def rename(self, pick: int, title: int) -> None:
        self.entitle(self.file(pick), chosen(TITLES, title))

    def swap(self, pick: int, other: int) -> None:
        one, two = self.file(pick), self.file(other)
        first, second = self.title(one), self.title(two)
        if first and second and one != two:
            self.entitle(one, second)
            self.entitle(two, first)

    def title(self, path: str) -> str:
        found = re.search(r"^(?:title:|#) (.+)$", self.one.read(path), re.MULTILINE)
        return found[1].strip("'\"") if found else ""

    def entitle(self, path: str, title: str) -> None:
        """Change the title where it stands."""
        text = self.one.read(path)
        new = re.sub(r"^(title:|#) .+$", lambda found: f"{found[1]} {title}", text, count=1, flags=re.MULTILINE)
        self.one.write(path, new if new != text or f" {title}\n" in text else f"---\ntitle: {title}\n---\n{text}")

    def move(self, pick: int, other: int) -> None:
        """Move a file under another page, with its attachments but without what lies under it."""
        path = self.file(pick)
        self.relocate(path, f"{self.home(other)}{PurePosixPath(path).name}", children=False)

    def move_folder(self, pick: int, other: int) -> None:
        """Move a page with all that lies under it."""
        path = self.file(pick)
        self.relocate(path, f"{self.home(other)}{PurePosixPath(path).name}", children=True)

    def home(self, pick: int) -> str:
        return chosen(["", *(f"{path.removesuffix('.md')}/" for path in self.files())], pick)

    def change_case(self, pick: int) -> None:
        path = PurePosixPath(self.file(pick))
        self.relocate(str(path), str(path.with_name(path.name.swapcase().replace(".MD", ".md"))), children=True)

    def relocate(self, path: str, new: str, *, children: bool) -> None:
        old_stem, new_stem = path.removesuffix(".md"), new.removesuffix(".md")
        if new.startswith(f"{old_stem}/") or any((self.one.root / f"{new_stem}{end}").exists() for end in ENDS):
            return
        (self.one.root / new).parent.mkdir(parents=True, exist_ok=True)
        for end in ENDS if children else (".md", ".files"):
            source = self.one.root / f"{old_stem}{end}"
            if source.exists():
                source.rename(self.one.root / f"{new_stem}{end}")

    def delete(self, pick: int) -> None:
        path = self.file(pick)
        text = self.one.read(path)
        (self.one.root / path).unlink()
        self.gone(text)

    def delete_folder(self, pick: int) -> None:
        """Delete a page with all that lies under it."""
        stem = self.file(pick).removesuffix(".md")
        gone = [self.one.root / f"{stem}{end}" for end in ENDS]
        files = [file for one in gone if one.exists() for file in ([one] if one.is_file() else one.rglob("*"))]
        text = "\n".join(file.read_text() for file in files if file.is_file())
        for one in gone:
            shutil.rmtree(one) if one.is_dir() else one.unlink(missing_ok=True)
        self.gone(text)

    def gone(self, text: str) -> None:
        """A file was deleted. A copy of it that has its id is the page from now on, with what it says."""
        ids = set(ID.findall(text))
        files = (file.read_text() for file in self.one.root.rglob("*.md") if ".confsync" not in file.parts)
        if any(ids.intersection(ID.findall(other)) for other in files):
            self.words.removed.update(WORD.findall(text))
        self.lose(text)

    def copy(self, pick: int) -> None:
        """Copy a file as it is, with its id."""
        path = self.file(pick)
        new = f"{path.removesuffix('.md')}-copy.md"
        if not (self.one.root / new).exists():
            text = self.one.read(path)
            self.one.write(new, text)
            self.words.copied |= set(WORD.findall(text))

    def new_file(self, pick: int) -> None:
        word = self.words.new()
        self.one.write(f"{self.home(pick)}note-{word}.md", f"# Note {word}\n\nOne {word}\n\nTwo\n")
        self.words.keep(word, made=True)

    def new_titled(self, title: int) -> None:
        """Make a file with a title that may be in use."""
        word = self.words.new()
        self.one.write(f"{word}.md", f"---\ntitle: {chosen(TITLES, title)}\n---\n\nOne {word}\n")
        self.words.keep(word, made=True)

    def new_folder(self) -> None:
        """Make a folder without a page file of its own."""
        word = self.words.new()
        self.one.write(f"box-{word}/inside-{word}.md", f"One {word}\n")
        self.words.keep(word, made=True)

    def attach(self, pick: int, name: int) -> None:
        path = f"{self.file(pick).removesuffix('.md')}.files/{chosen(('x.txt', 'y.txt'), name)}"
        was = self.one.read(path) if (self.one.root / path).exists() else ""
        word = self.words.new()
        self.one.write(path, word)
        self.words.keep(word)
        self.words.removed |= set(WORD.findall(was))
        self.lose(was)

    def detach(self, pick: int) -> None:
        """Delete an attachment's file."""
        path = chosen([path for path in self.one.files() if ".files/" in path], pick)
        text = self.one.read(path)
        (self.one.root / path).unlink()
        self.gone(text)

    def label(self, pick: int, label: int) -> None:
        path = self.file(pick)
        text, name = self.one.read(path), chosen(LABELS, label)
        if re.search(r"^labels:", text, re.MULTILINE):
            self.one.write(path, re.sub(r"^labels:[^\n]*\n(?: *- \w+\n)*", "", text, count=1, flags=re.MULTILINE))
        elif text.startswith("---\n"):
            self.one.write(path, text.replace("---\n", f"---\nlabels: [{name}]\n", 1))


T = TypeVar("T")
ENDS = (".md", "", ".files")


def chosen(values: Iterable[T], pick: int) -> T:
    """Choose one of the values. Raises LookupError when there is none."""
    values = list(values)
    if not values:
        raise LookupError("there is nothing to choose from")
    return values[pick % len(values)]


def attempted(act: Callable[..., None], *arguments: Any) -> bool:
    """Do something that may turn out to be impossible: then it is not done."""
    try:
        act(*arguments)
    except (ConfsyncError, LookupError):
        return False
    return True
