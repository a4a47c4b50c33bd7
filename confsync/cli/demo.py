"""`demo`: the whole story on a sandbox of its own: clone, edit both sides, merge, conflict, and equal again."""

from __future__ import annotations

import io
import os
import shlex
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from confsync.errors import ConfsyncError, UsageError

from .output import Output

SPACE = "HANDBOOK"
SAMPLE = Path(__file__).parent / "sample"
PAGE = "runbook.md"


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    parser.add_argument("folder", nargs="?", metavar="DIR", help="keep the cloned folder here; else it is removed")


def run(args: Namespace, out: Output) -> int:
    """Tell the story; every command in it really runs. Nothing leaves this machine."""
    from .sandbox import require

    require()
    from confsync.sandbox import Server, create_app

    folder = Path(args.folder).absolute() if args.folder else None
    if folder is not None and folder.exists() and any(folder.iterdir()):
        raise UsageError("is not empty", place=args.folder, remedy="name a new folder, or none")
    app = create_app()
    try:
        load_sample(app.sandbox)
        place = nullcontext(str(folder.parent)) if folder else tempfile.TemporaryDirectory(prefix="confsync-demo-")
        with Server(app) as server, place as parent, _own_environment():
            name = folder.name if folder else "handbook"
            Path(parent).mkdir(parents=True, exist_ok=True)
            story = Story(out, server.url, Path(parent), name)
            story.tell()
    finally:
        app.sandbox.close()
    document: dict[str, object] = {"folder": str(folder) if folder else None, "steps": story.steps, "equal": True}
    out.result(document, _next(folder))
    return 0


def load_sample(sandbox: Any) -> int:
    """Make the sample space in a sandbox and give the number of its pages."""
    sandbox.create_space(SPACE, "Handbook")
    return 1 + int(sandbox.load_storage(SAMPLE, SPACE))


def _next(folder: Path | None) -> list[str]:
    return [
        "What to try next",
        *([f"  look at the pages              ls {folder}"] if folder else []),
        "  a site to play with            confsync sandbox      (it prints its address and a clone command)",
        "  your own space                 confsync clone https://acme.atlassian.net/wiki DOCS docs",
        "  one page, without a site       confsync convert page.xml",
        "  a folder you have already      confsync check docs",
    ]


@contextmanager
def _own_environment() -> Iterator[None]:
    """Keep the user's own site and credentials out of the story."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(("CONFLUENCE_", "CONFSYNC_"))}
    where = Path.cwd()
    try:
        yield
    finally:
        os.chdir(where)
        os.environ.update(kept)


class Story:
    """The steps, told one after the other; each one checks that what it tells is true."""

    def __init__(self, out: Output, site: str, parent: Path, name: str) -> None:
        from .access import READY_USER
        from .init import api_of

        self.out, self.site, self.parent, self.name = out, site, parent, name
        self.folder = parent / name
        self.api = api_of(site, READY_USER)
        self.steps: list[dict[str, object]] = []

    def tell(self) -> None:
        """Tell all of it."""
        self.say(f"A Confluence-compatible site runs on this machine: {self.site}", "")
        self.first_clone()
        self.both_sides()
        self.same_word()
        self.new_page()
        self.the_end()

    def first_clone(self) -> None:
        """A space becomes a folder."""
        self.chapter("1. A space becomes a folder of Markdown")
        os.chdir(self.parent)
        self.command("clone", self.site, SPACE, self.name)
        os.chdir(self.folder)
        files = sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())
        self.say(*(f"    {file}" for file in files if not file.startswith(".")), "")
        self.show(PAGE)

    def both_sides(self) -> None:
        """Different paragraphs, and different words of one, merge."""
        self.chapter("2. You edit a file, a colleague edits the same page in Confluence")
        self.edit_file("look for the service that turned red first", "look for the service that turned red last")
        self.edit_file("wait 30 seconds", "wait 60 seconds")
        self.edit_page("Tell the channel what you see", "Tell the channel #incidents what you see")
        self.edit_page("Restart one node at a time", "Restart <strong>one</strong> node at a time")
        self.command("diff")
        self.command("plan")
        self.command("sync")
        self.expect(self.page(), "turned red last", "#incidents", "<strong>one</strong> node", "wait 60 seconds")
        self.expect(self.page(), "ac:inline-comment-marker", "ac:macro-id=")
        self.expect(self.file(), "turned red last", "#incidents", "**one** node", "wait 60 seconds")
        self.say("Both edits are on both sides, also inside the one paragraph that both had changed.")
        self.say("The colleague's comment on the word 'dashboard' and all macro ids are where they were.", "")

    def same_word(self) -> None:
        """The same word on both sides waits for a decision."""
        self.chapter("3. Both change the same word")
        self.edit_file("wait 60 seconds", "wait 90 seconds")
        self.edit_page("wait 60 seconds", "wait 45 seconds")
        self.command("sync", expect=3)
        marked = self.file().splitlines()
        start = next(number for number, line in enumerate(marked) if line.startswith("<<<<<<<"))
        end = next(number for number, line in enumerate(marked) if line.startswith(">>>>>>>"))
        self.say(f"{PAGE} shows both, and is held back from pushing:")
        self.say(*(f"    {line}" for line in marked[start : end + 1]), "")
        self.command("conflicts", expect=3)
        self.command("resolve", PAGE, "--accept", "local")
        self.command("sync")
        self.expect(self.page(), "wait 90 seconds")
        kept = "\n".join(file.read_text(encoding="utf-8") for file in self.folder.rglob(".confsync/trash/*/*.md"))
        self.expect(kept, "wait 45 seconds")
        self.say("Your text won, and theirs is in .confsync/trash: nothing that anybody typed is lost.", "")

    def new_page(self) -> None:
        """A new file is a new page, and a check keeps it honest."""
        self.chapter("4. A new file is a new page")
        text = "# Blameless review\n\nWe ask *what*, never *who*. Start from the [runbook](../runbook.md).\n"
        path = self.folder / "runbook" / "review.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.say("You write runbook/review.md:", *(f"    {line}" for line in text.splitlines()), "")
        self.command("check")
        self.command("push", "-m", "Add the review")
        found = self.api.by_title(SPACE, "Blameless review")
        self.expect(found[1] if found else "", 'ri:content-title="Runbook"')
        self.say("It lies under 'Runbook' in Confluence, and its link leads to that page.", "")

    def the_end(self) -> None:
        """Nothing is left to do."""
        self.chapter("5. Both sides are equal")
        self.command("sync", "--full")
        self.command("status")

    # -- what the story is made of -------------------------------------------------------------------------------

    def chapter(self, title: str) -> None:
        """Begin a part."""
        self.say(title, "-" * len(title), "")

    def say(self, *lines: str) -> None:
        """Print lines of the story."""
        if not self.out.json:
            for line in lines:
                self.out.line(line)

    def command(self, *words: str, expect: int = 0) -> None:
        """Run a command as a user does, and show it with what it prints."""
        from .main import main

        stdout, stderr = io.StringIO(), io.StringIO()
        with redirect_stdout(stdout), redirect_stderr(stderr):
            code = main(["-q", "--no-color", *words])
        said = (stdout.getvalue() + stderr.getvalue()).rstrip("\n")
        line = shlex.join(["confsync", *words])
        self.steps.append({"command": line, "exit_code": code, "output": said})
        self.say(f"$ {line}", *(f"    {one}".rstrip() for one in said.splitlines()))
        self.say(*([f"    (exit code {code})"] if code else []), "")
        if code != expect:
            raise ConfsyncError(f"the demonstration failed: exit code {code}, not {expect}\n{said}", place=line)

    def expect(self, text: str, *parts: str) -> None:
        """Check that what is told is true."""
        for part in parts:
            if part not in text:
                raise ConfsyncError(f"the demonstration failed: {part!r} is missing", place=PAGE)

    def file(self) -> str:
        """Read the page's file."""
        return (self.folder / PAGE).read_text(encoding="utf-8")

    def page(self) -> str:
        """Read the page's storage format."""
        found = self.api.by_title(SPACE, "Runbook")
        return str(found[1]) if found else ""

    def show(self, name: str) -> None:
        """Show a file."""
        self.say(f"$ cat {name}", *(f"    {line}".rstrip() for line in self.file().splitlines()), "")

    def edit_file(self, old: str, new: str) -> None:
        """Edit the file, as in an editor."""
        self.expect(self.file(), old)
        (self.folder / PAGE).write_text(self.file().replace(old, new), encoding="utf-8")
        self.say(f"You, in {PAGE}:", f"    - {old}", f"    + {new}", "")

    def edit_page(self, old: str, new: str) -> None:
        """Edit the page, as a colleague does in the browser."""
        from confsync.remote import NewVersion

        page, body = self.api.by_title(SPACE, "Runbook")
        self.expect(body, old)
        self.api.update(page.id, NewVersion(page.version + 1, page.title, body.replace(old, new)))
        self.say("A colleague, in Confluence:", f"    - {old}", f"    + {new}", "")
