"""`fidelity`: what of some pages becomes Markdown, what is carried as storage format, and what would be refused."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence

from converters.fidelity import Fidelity, Island, total

from .output import Output, counted
from .sources import Measured, sources

_WORST = 20  # pages that are listed without --all

EPILOG = """\
examples:
  confsync fidelity https://acme.atlassian.net/wiki DOCS   a space, before it is cloned
  confsync fidelity                                        all mirrors' spaces, as they are on the site
  confsync fidelity export/ page.xml                       storage format in files
  confsync fidelity docs/                                  Markdown, to storage format and back

Nothing is written, neither here nor on the site. For each page: the share of the elements that the notation expresses
(not those in raw XML, nor ADF extensions that are no panels), the share of the visible words that stand outside fences
and tags (the words of code are not counted), and the number of raw pieces. The worst pages come first. Leaves with 0
when every page comes back byte for byte (Markdown: saying the same) and a second trip changes nothing, else with 3."""


def arguments(parser: ArgumentParser, name: str) -> None:
    """Describe the arguments."""
    add = parser.add_argument
    add("what", nargs="*", metavar="SPACE | URL | FILES", help="a space, an address, files, folders; else all mirrors")
    add(
        "--all",
        action="store_true",
        help=f"list every page; else the {_WORST} worst",
    )
    parser.epilog = EPILOG


def run(args: Namespace, out: Output) -> int:
    """Measure pages and report."""
    found: list[Measured] = []
    reporter = out.reporter()
    for source in sources(args, args.what):
        reporter.stage(source.name, source.size)
        for page in source.pages():
            found.append(page)
            reporter.step(page.place)
    whole = total(page.figures for page in found)
    found.sort(key=lambda page: (not page.figures.refusals, _shares(page.figures), page.place))
    out.result(_document(found, whole), _lines(found, whole, everything=args.all))
    return 0 if whole.perfect else 3


def _shares(figures: Fidelity) -> float:
    return min(figures.element_share, figures.word_share)


# Plain data


def _document(found: Sequence[Measured], whole: Fidelity) -> dict[str, object]:
    return {**_json(whole), "by_page": [{"page": page.place, **_json(page.figures)} for page in found]}


def _json(figures: Fidelity) -> dict[str, object]:
    return {
        "pages": figures.pages, "exact": figures.exact, "stable": figures.stable,
        "elements": figures.elements, "expressed": figures.expressed,
        "expressed_percent": round(100 * figures.element_share, 2),
        "words": figures.words, "open_words": figures.open_words, "code_words": figures.code_words,
        "open_words_percent": round(100 * figures.word_share, 2),
        "islands": [{"construct": i.construct, "inline": i.inline, "count": i.count} for i in figures.islands],
        "refused": [{"line": one.line, "column": one.column, "message": one.message} for one in figures.refusals],
    }  # fmt: skip


# Lines


def _lines(found: Sequence[Measured], whole: Fidelity, *, everything: bool) -> Iterator[str]:
    marked = [page for page in found if everything or not page.figures.perfect or _shares(page.figures) < 1]
    shown = marked if everything else marked[:_WORST]
    if shown:
        yield "elements    words  raw  page"
        yield from (_row(page) for page in shown)
        if len(shown) < len(marked):
            yield f"… and {len(marked) - len(shown):,} more: --all lists every page"
        yield ""
    if whole.islands:
        yield "carried as storage format, byte for byte:"
        yield from (f"{one.count:8,}  {_construct(one)}" for one in whole.islands)
        yield ""
    refused = [(page.place, one) for page in found for one in page.figures.refusals]
    if refused:
        yield "refused:"
        yield from (f"  {place}:{one.line}:{one.column}: {one.message}" for place, one in refused)
        yield ""
    held = sum(1 for page in found if page.figures.refusals)
    yield f"{counted(whole.pages, 'page')}: {whole.exact:,} exact, {held:,} refused" + _unstable(whole)
    yield f"{_percent(whole.element_share)} of {counted(whole.elements, 'element')} are expressed in the notation"
    code = f" ({whole.code_words:,} more are code)" if whole.code_words else ""
    yield f"{_percent(whole.word_share)} of {counted(whole.words, 'visible word')} stand outside fences and tags{code}"


def _row(page: Measured) -> str:
    one = page.figures
    note = "  refused" if one.refusals else "" if one.stable else "  changes on a second trip"
    raw = sum(island.count for island in one.islands)
    unread = bool(one.refusals) and not one.elements  # of what cannot be read there is no share
    shares = ["–" if unread else _percent(share) for share in (one.element_share, one.word_share)]
    return f"{shares[0]:>8}  {shares[1]:>7}  {raw:>3}  {page.place}{note}"


def _construct(island: Island) -> str:
    return f"{island.construct} (in a line)" if island.inline else island.construct


def _unstable(whole: Fidelity) -> str:
    unstable = whole.pages - whole.stable
    return f", {unstable:,} changing on a second trip" if unstable and not whole.refusals else ""


def _percent(share: float) -> str:
    """Rounded down: 100 % is said of nothing less."""
    return f"{int(share * 1000) / 10:.1f} %"
