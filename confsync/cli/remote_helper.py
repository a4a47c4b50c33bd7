"""`git-remote-confluence`, which git runs for `git clone confluence::https://HOST/wiki/SPACE`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from confsync.errors import ConfsyncError, UsageError

from .access import access
from .address import Address, read_address
from .init import api_of


def address_of(text: str) -> Address:
    """Read `https://HOST/wiki/SPACE`, or a space's address as the browser shows it. Raises UsageError."""
    found = read_address(text)
    if not found.space:
        site, _, space = text.rstrip("/").rpartition("/")
        found = Address(read_address(site).site, space)
    return found


def program(words: Sequence[str] | None = None) -> int:
    """Speak with git on the standard streams; the words are the remote's name and its address."""
    from confsync.history.helper import Helper

    given = list(sys.argv[1:] if words is None else words)

    def tell(text: str) -> None:
        print(f"confluence: {text}", file=sys.stderr, flush=True)

    try:
        if len(given) != 2:
            raise UsageError("git runs this", remedy="git clone confluence::https://HOST/wiki/SPACE")
        place = address_of(given[1])
        api = api_of(place.site, access(place.site), tell)
        api.session.read_only = os.environ.get("CONFSYNC_READ_ONLY", "") not in ("", "0", "false")
        remote = given[0] if "://" not in given[0] else "anonymous"
        helper = Helper(api, place.site, place.space, remote, sys.stdin.buffer, sys.stdout.buffer, tell)
        helper.serve()
    except ConfsyncError as error:
        tell(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(program())
