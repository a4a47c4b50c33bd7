"""All versions of a space in the order in which they were made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from confsync.errors import NotFound
from confsync.remote import Api, PageVersion, RemotePage

KINDS = ("page", "blogpost")


class Moment(NamedTuple):
    """One version of one page. second: when it was made, seconds since 1970; last: whether it is the current one."""

    second: int
    page: str
    kind: str
    version: PageVersion
    last: bool


def seconds(when: str) -> float:
    """Read a time as the site writes it. A time without a zone is UTC."""
    found = datetime.fromisoformat(when)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def timeline(api: Api, space: str, known: Mapping[str, int]) -> list[Moment]:
    """List the versions of a space's pages and posts, the oldest first, without their texts.

    known: page id -> its newest version that need not be listed again; one request for each page with newer ones.
    Versions of one time are in the order of page ids, so that everybody gets the same order. Raises NotFound for a
    space that is not there.
    """
    found: list[tuple[float, int, int, Moment]] = []
    for kind in KINDS:
        for page, _ in api.pages(space, kind=kind):
            if page.version > known.get(page.id, 0):
                found += _of(api, page, kind, known.get(page.id, 0))
    return [moment for *_, moment in sorted(found, key=lambda one: one[:3])]


def _of(api: Api, page: RemotePage, kind: str, known: int) -> Iterator[tuple[float, int, int, Moment]]:
    try:
        versions = sorted(api.versions(page.id))
    except NotFound:
        return  # it went while the others were listed
    latest = 0.0
    for one in versions:
        latest = max(latest, seconds(one.when))  # a clock that was set back does not turn a page's versions round
        if one.number > known:
            last = one.number == versions[-1].number
            yield latest, int(page.id), one.number, Moment(int(latest), page.id, kind, one, last)


def read(api: Api, moment: Moment) -> tuple[str, str]:
    """Read the title and the storage format of one version. Raises NotFound."""
    if moment.last:
        page, body = api.page(moment.page, body=True)
        if page.version == moment.version.number:
            return page.title, body
    page, body = api.version(moment.page, moment.version.number)
    return page.title, body
