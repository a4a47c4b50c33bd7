"""A real browser for tests: found on the machine, or installed where the tests may do that."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 240  # seconds for the package manager


def find() -> str:
    """Return the path of a browser, empty where there is none."""
    named = os.environ.get("CONFSYNC_CHROMIUM", "")
    return named or next((path for name in NAMES if (path := shutil.which(name))), "")


def find_or_install() -> tuple[str, str]:
    """Return the path of a browser, or an empty path and why there is none; several processes may ask at once."""
    if found := find():
        return found, ""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return "", f"there is no {', '.join(NAMES)} and no right to install one"
    with (Path(tempfile.gettempdir()) / "confsync-chromium.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if found := find():
            return found, ""
        reason = _install()
    return find(), reason or "the package chromium brought no browser"


def _install() -> str:
    """Install the browser of the distribution and return what went wrong."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        for command in (
            ["apt-get", "update", "-q"],
            ["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"],
        ):
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, env=quiet, check=False)
            if done.returncode and command[1] == "install":
                return f"apt-get could not install chromium: {done.stderr.strip()[-300:]}"
    except subprocess.TimeoutExpired:
        return f"apt-get did not install chromium within {PATIENCE} seconds"
    return ""
