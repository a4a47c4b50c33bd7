"""The conversation with git (gitremote-helpers): import what is new on the site, and push commits as versions."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from confsync.remote import Api

from .names import Names
from .repository import imported, places, tip
from .sending import PushError, send
from .stream import stream
from .timeline import Moment, timeline

BRANCH = "refs/heads/main"


class Helper:
    """One conversation. remote: git's name of the remote; tell: says something to the user."""

    def __init__(
        self, api: Api, site: str, space: str, remote: str, source: BinaryIO, sink: BinaryIO,
        tell: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.api, self.site, self.space = api, site, space
        self.ref = f"refs/confluence/{remote}/main"
        self.refspec = f"refs/heads/*:refs/confluence/{remote}/*"
        self.source, self.sink, self.tell = source, sink, tell

    def serve(self) -> None:
        """Answer git until it has no more to ask."""
        answers = {"capabilities": self._capabilities, "list": self._list, "option": self._option}
        while line := self._line():
            word, _, rest = line.partition(" ")
            if word in answers:
                answers[word]()
            elif word == "import":
                self._batch()
                self._import()
            elif word == "push":
                self._push([rest, *(one.partition(" ")[2] for one in self._batch())])
            else:
                raise ValueError(f"git asks for {word!r}, which is not offered")

    def _line(self) -> str:
        return self.source.readline().decode("utf-8", "replace").rstrip("\n")

    def _batch(self) -> list[str]:
        lines = []
        while line := self._line():
            lines.append(line)
        return lines

    def _say(self, *lines: str) -> None:
        self.sink.write("".join(f"{line}\n" for line in lines).encode())
        self.sink.flush()

    def _capabilities(self) -> None:
        # Without a private update: what was pushed comes back as the site's own commits, not as those that were sent.
        self._say("import", "push", "no-private-update", f"refspec {self.refspec}", "")

    def _list(self) -> None:
        self._say(f"? {BRANCH}", f"@{BRANCH} HEAD", "")

    def _option(self) -> None:
        self._say("unsupported")

    def _look(self) -> tuple[str, dict[str, int], Names, list[Moment]]:
        """Give the last imported commit, its pages' versions and files, and the versions that came after it."""
        commit = tip(self.ref)
        home = self.api.space(self.space).home
        names = Names(self.site, self.space, home, places(commit) if commit else ())
        known = imported(commit) if commit else {}
        return commit, known, names, timeline(self.api, self.space, known)

    def _import(self) -> None:
        commit, _, names, moments = self._look()
        self._say("feature done")
        count = 0

        def told(moment: Moment) -> None:
            nonlocal count
            count += 1
            if count % 100 == 0:
                self.tell(f"{count} of {len(moments)} versions")

        for piece in stream(self.api, self.site, names, moments, self.ref, commit, told):
            self.sink.write(piece)
        if not moments and commit:
            self.sink.write(f"reset {self.ref}\nfrom {commit}\n\n".encode())
        self._say("done")

    def _push(self, asked: list[str]) -> None:
        for one in asked:
            source, _, target = one.lstrip("+").partition(":")
            try:
                if target != BRANCH or not source:
                    raise PushError(f"a space has one branch, {BRANCH}, which is neither renamed nor deleted")
                commit, known, names, newer = self._look()
                if newer or not commit:
                    raise PushError("fetch first")
                sent = send(self.api, self.space, names, known, commit, tip(source))
            except PushError as refusal:
                self._say(f"error {target} {refusal}")
                continue
            self._say(f"ok {target}")
            if sent:
                self.tell("The site has made versions of these commits, with its own author and time.")
                self.tell("Take them instead of your own: git pull --rebase")
        self._say("")
