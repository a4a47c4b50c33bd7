"""`watch`: live sync. A line for each thing that happened; JSON lines with --json or where nobody watches."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING

from confsync.errors import GuardStop, UsageError

from .output import Output
from .session import Mirror, mirrors, online

if TYPE_CHECKING:
    from confsync.watch import Event, Hint

SECRET = "CONFSYNC_WEBHOOK_SECRET"  # noqa: S105  (the name of a variable)


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    add = parser.add_argument
    add("--poll", type=float, metavar="SECONDS", help="between two looks at the site; else [watch] poll, or 30")
    add("--webhook", type=int, metavar="PORT", help=f"also listen for webhooks, signed with the secret in {SECRET}")
    add("--host", default="127.0.0.1", help="the address to listen for webhooks on (default: %(default)s)")
    add("--yes", action="store_true", help="confirm the first write to a site")


def run(args: Namespace, out: Output) -> int:
    """Keep all mirrors equal to their spaces until Ctrl-C or SIGTERM."""
    found = mirrors(args)
    if args.poll is not None and args.poll < 1:
        raise UsageError(f"--poll {args.poll:g} is too often", remedy="a second is the least, 30 are usual")
    secret = os.environ.get(SECRET, "")
    if args.webhook is not None and not secret:
        raise UsageError(f"{SECRET} is not set", remedy="set it to the secret that the site signs its webhooks with")
    with _until_told() as stop, ExitStack() as open_:
        loops = [open_.enter_context(_watched(args, out, mirror, stop)) for mirror in found]
        if args.webhook is not None:
            open_.enter_context(_listening(args, secret, [put for _, put in loops], stop))
        threads = [threading.Thread(target=partial(_guarded, one, stop), daemon=True) for one, _ in loops]
        for thread in threads:
            thread.start()
        stop.wait()
        for thread in threads:
            thread.join()
    if stop.errors:
        raise stop.errors[0]
    _say(out, "", _event("stopped", text="all that was begun is done"))
    return 0


class _Stopping:
    """Tells everybody that it is over, and keeps what ended it."""

    def __init__(self) -> None:
        self.event = threading.Event()
        self.ends: list[Callable[[], None]] = []
        self.errors: list[Exception] = []

    def wait(self) -> None:
        self.event.wait()
        self()

    def __call__(self) -> None:
        self.event.set()
        for end in self.ends:
            end()


@contextmanager
def _until_told() -> Iterator[_Stopping]:
    """Ctrl-C and SIGTERM end a watch when what is under way is finished; a second one ends it at once."""
    stop, numbers = _Stopping(), (signal.SIGINT, signal.SIGTERM)
    main = threading.current_thread() is threading.main_thread()
    before = [signal.getsignal(number) for number in numbers] if main else []

    def restore() -> None:
        for number, handler in zip(numbers, before, strict=False):
            signal.signal(number, handler)

    def told(number: int, frame: FrameType | None) -> None:
        restore()
        stop.event.set()

    if main:
        for number in numbers:
            signal.signal(number, told)
    try:
        yield stop
    finally:
        restore()


def _guarded(run_: Callable[[], None], stop: _Stopping) -> None:
    try:
        run_()
    except Exception as error:  # noqa: BLE001, RUF100  (it is raised where the command runs)
        stop.errors.append(error)
    stop()


@contextmanager
def _watched(
    args: Namespace, out: Output, mirror: Mirror, stop: _Stopping
) -> Iterator[tuple[Callable[[], None], Callable[[Hint], None]]]:
    """Watch one mirror: give what runs its loop, and what takes its hints."""
    from confsync.report import Silent
    from confsync.watch import Hints, Watch
    from confsync.watch.files import observe
    from confsync.watch.loop import Loop

    settings = mirror.config.watch
    hints = Hints(time.monotonic, settings.debounce)
    stop.ends.append(hints.stop)
    tell = partial(_say, out, mirror.name)
    mirror.folder.mkdir(parents=True, exist_ok=True)
    with online(mirror, out, yes=args.yes, reporter=Silent()) as engine:
        guard, message = _git(mirror)
        watch = Watch(engine, tell, guard, message)
        poll = args.poll if args.poll is not None else settings.poll
        observer = observe(mirror.folder, hints.put)
        try:
            tell(_event("watching", text=f"space {mirror.settings.space}, the site every {poll:g} s"))
            yield Loop(hints, watch, poll, time.time).run, hints.put
        finally:
            hints.stop()
            observer.stop()
            observer.join()


def _git(mirror: Mirror) -> tuple[Callable[[], None], Callable[[], str]]:
    """Give what stops a run while git is at work or on another branch than at first, and the message of versions."""
    if not any((one / ".git").exists() for one in (mirror.folder, *mirror.folder.parents)):
        return (lambda: None), (lambda: "")
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    from confsync.git import find_repository, guard_repository, version_message

    first = find_repository(mirror.folder)
    branch = mirror.config.git.branch or (first.branch if first else "")

    def guard() -> None:
        now = find_repository(mirror.folder)
        if now is None and first is not None:
            raise GuardStop("git cannot be read at the moment", place=str(mirror.folder), remedy="wait for it")
        guard_repository(now, branch)

    return guard, lambda: version_message(mirror.config.sync.message, find_repository(mirror.folder))


@contextmanager
def _listening(
    args: Namespace, secret: str, puts: list[Callable[[Hint], None]], stop: _Stopping
) -> Iterator[None]:
    from confsync.watch.webhook import Receiver

    def put(hint: Hint) -> None:
        for one in puts:
            one(hint)

    try:
        receiver = Receiver(args.host, args.webhook, secret, put)
    except OSError as error:
        words = f"port {args.webhook} cannot be listened on: {error.strerror}"
        raise UsageError(words, remedy="choose another") from error
    try:
        yield
    finally:
        receiver.close()


def _event(kind: str, text: str = "") -> Event:
    from confsync.watch import Event

    return Event(kind, text=text)


_TALKING = threading.Lock()


def _say(out: Output, name: str, event: Event) -> None:
    """Say what happened, at once: as a line with the time on a terminal, as JSON elsewhere."""
    moment = time.strftime("%H:%M:%S")
    with _TALKING:
        if out.json or not sys.stdout.isatty():
            document = {"time": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "mirror": name, **event.to_json()}
            out.raw(json.dumps(document, ensure_ascii=False))
        else:
            out.raw(f"{moment}  {event}")
        sys.stdout.flush()
        out.done.clear()  # of what Ctrl-C would tell: a watch may last for months


