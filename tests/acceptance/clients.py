"""Clients that others wrote, from the registry, each in an environment of its own: their requirements clash with ours."""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from confsync.errors import MirrorBusy
from confsync.state.lock import MirrorLock

PATIENCE = 280  # seconds that another process may take to install the same client
UNREACHABLE = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError", "Failed to establish a new connection")


def environment(name: str, version: str) -> Path:
    """Return the Python of an environment that holds this release; it is made once and kept in the temporary folder.

    Skips the test where the registry cannot be reached; every other failure to install is a failure of the test.
    """
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = Path(tempfile.gettempdir()) / f"confsync-clients-{getpass.getuser()}" / f"{name}-{version}-py{python}"
    program = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    whole = folder / "installed"
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder.with_name(folder.name + ".lock")):
        if not whole.exists():
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True)
            _install(program, f"{name}=={version}")
            whole.touch()
    return program


def _install(python: Path, what: str) -> None:
    command = [str(python), "-m", "pip", "install", "--quiet", "--no-input", "--retries", "1", what]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode and any(sign in made.stderr for sign in UNREACHABLE):
        pytest.skip(f"{what}: the registry is not reachable")
    assert made.returncode == 0, made.stderr


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process of a parallel run is at it."""
    until = time.monotonic() + PATIENCE
    while True:
        lock = MirrorLock(folder)
        try:
            lock.__enter__()
            break
        except MirrorBusy:
            assert time.monotonic() < until, f"{folder} is held by another process"
            time.sleep(0.5)
    try:
        yield
    finally:
        lock.__exit__(None, None, None)


def surroundings(home: Path, env: dict[str, str] | None = None) -> dict[str, str]:
    """Return the environment variables of a client: a home of its own, and none of the settings that we run with."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG", "TMPDIR", "TEMP") if name in os.environ}
    own = {"HOME": str(home), "USERPROFILE": str(home), "NO_PROXY": "127.0.0.1", "NO_COLOR": "1", "COLUMNS": "200"}
    return {**kept, **own, **(env or {})}


def run(python: Path, *args: str, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Run a client to its end; what it printed."""
    command = [str(python), *args]
    done = subprocess.run(
        command, cwd=cwd, env=surroundings(cwd, env), capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, f"{args}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout
