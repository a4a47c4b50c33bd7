"""How long the converters take, beside the parsers they stand on; `pytest -s` shows the tables.

No time is asserted. Yardsticks run in the same rounds as what is measured by them: for storage format a bare expat
parse of the same bytes with three handlers that do nothing, for Markdown the parse and render of markdown-it-py, for a
push its own three parses. CONFSYNC_BENCHMARK_SIZE=5000000 measures larger pages, CONFSYNC_BENCHMARK_ROUNDS=9 steadier.
"""

from __future__ import annotations

import contextlib
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

import pytest
from markdown_it import MarkdownIt

from converters import push, to_markdown, to_storage, verify_push
from converters.markdown.reader import markdown_to_doc
from converters.storage.blocks import storage_to_doc
from converters.storage.reader import parse
from tests.benchmarks.pages import RUBBLE, SHAPES, macros, page
from tests.corpus import needs_corpus, read, storage_files

ROOT = Path(__file__).resolve().parents[2]
LARGEST = int(os.environ.get("CONFSYNC_BENCHMARK_SIZE", "100000"))
ROUNDS = int(os.environ.get("CONFSYNC_BENCHMARK_ROUNDS", "3"))
SIZES = [size for size in (1_000, 10_000, 100_000, 1_000_000, 5_000_000) if size <= LARGEST]
TO_MARKDOWN, TO_STORAGE, PUSH, MEMORY = 8.0, 1.5, 2.0, 15.0

# Peak memory of one conversion, over what the process held before it.
MEASURED = """
import sys, tracemalloc
from converters import push, to_markdown, to_storage
from tests.benchmarks.pages import page
text = page(int(sys.argv[1]))
markdown = to_markdown(text)
given = {"to_markdown": lambda: to_markdown(text), "to_storage": lambda: to_storage(markdown),
         "push": lambda: push(text, markdown, markdown + "\\nMore.\\n")}[sys.argv[2]]
tracemalloc.start()
given()
print(tracemalloc.get_traced_memory()[1] / len((markdown if sys.argv[2] == "to_storage" else text).encode()))
"""


def bare_expat(text: str) -> None:
    """What any reader of storage format pays at least. The root and the entities are declared as the reader does it."""
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attrs: None
    parser.EndElementHandler = lambda name: None
    parser.CharacterDataHandler = lambda text: None
    names = sorted(
        set(re.findall(r"&(nbsp|ndash|mdash|[a-z]*quo|hellip|rarr|[aou]uml|szlig|times|middot|bull);", text))
    )
    declared = "".join(f'<!ENTITY {name} "x">' for name in names)
    with contextlib.suppress(expat.ExpatError):  # some pages of the corpus are not well-formed: both stop there
        parser.Parse(f"<!DOCTYPE r [{declared}]><r>{text}</r>".encode(), True)


MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def rendered(text: str) -> None:
    MARKDOWN.render(text)


def medians(work: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """The median time of each piece of work, in seconds; all of them once a round, so that noise falls on all alike."""
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds + 1):
        for name, run in work.items():
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    return {name: statistics.median(found[1:]) for name, found in times.items()}


def edited(markdown: str) -> str:
    """One word in the middle of a page, changed."""
    middle = len(markdown) // 2
    found = re.compile(r"(?<= )(the|and|file|service|request|which)(?= )").search(markdown, middle)
    return markdown if found is None else markdown[: found.start()] + "another" + markdown[found.end() :]


def show(title: str, found: dict[str, float], rows: list[tuple[str, str, float | None]]) -> None:
    """Print one table: each row is a piece of work, its yardstick (a sum of others: `a + b`) and its target."""
    lines = [f"{title:44} {'ms':>9} {'ratio':>7}   target"]
    for name, yardstick, target in rows:
        base = sum(
            found[part] * int(times or 1) for times, part in re.findall(r"(?:(\d)\*)?([^+*]+?)(?:\+|$)", yardstick)
        )
        wanted = "" if target is None else f"{target:5}"
        lines.append(f"{name:44} {found[name] * 1000:9.2f} {found[name] / base:7.2f}   {wanted}".rstrip())
    sys.stdout.write("\n" + "\n".join(lines) + "\n")


def conversions(storage: list[str]) -> dict[str, Callable[[], object]]:
    markdown = [to_markdown(text) for text in storage]
    new = [edited(text) if well_formed(page) else text for page, text in zip(storage, markdown, strict=True)]
    pushed = [push(*texts) for texts in zip(storage, markdown, new, strict=True)]
    triples = list(zip(storage, markdown, new, strict=True))

    def each(function: Callable[[str], object], texts: list[str]) -> Callable[[], object]:
        return lambda: [function(text) for text in texts]

    return {
        "expat": each(bare_expat, storage),
        "parse": each(parse_or_not, storage),
        "storage_to_doc": each(storage_to_doc, storage),
        "to_markdown": each(to_markdown, storage),
        "markdown-it": each(rendered, markdown),
        "markdown_to_doc": each(markdown_to_doc, markdown),
        "to_storage": each(to_storage, markdown),
        "push": lambda: [push(*texts) for texts in triples],
        "laws": lambda: [verify_push(*texts, out) for texts, out in zip(triples, pushed, strict=True)],
    }


def parse_or_not(text: str) -> None:
    with contextlib.suppress(ValueError):
        parse(text)


def well_formed(text: str) -> bool:
    """Can an edit of the page be carried over? What is not well-formed is one island, and held back."""
    try:
        parse(text)
    except ValueError:
        return False
    return True


ROWS: list[tuple[str, str, float | None]] = [
    ("expat", "expat", None),
    ("parse", "expat", None),
    ("storage_to_doc", "expat", None),
    ("to_markdown", "expat", TO_MARKDOWN),
    ("markdown-it", "markdown-it", None),
    ("markdown_to_doc", "markdown-it", None),
    ("to_storage", "markdown-it", TO_STORAGE),
    ("push", "storage_to_doc+2*markdown_to_doc", PUSH),
    ("laws", "storage_to_doc+2*markdown_to_doc", None),
]


@pytest.mark.parametrize("size", SIZES)
def test_conversion_is_measured_against_bare_parsers(size: int) -> None:
    """Pages of one kind and several sizes: the ratios must not grow with the size."""
    text = page(size)
    show(f"page of {len(text.encode()):,} bytes", medians(conversions([text])), ROWS)


def test_a_page_of_macros_is_measured() -> None:
    """The largest pages of a space are long lists of macros: 800 in 1.6 MB."""
    count = 800 * min(LARGEST, 1_600_000) // 1_600_000
    text = macros(count, 2_000 * count)
    show(f"{count} macros in {len(text.encode()):,} bytes", medians(conversions([text])), ROWS)


@needs_corpus
def test_the_corpus_is_measured() -> None:
    """Real pages, all together (each sixteenth, unless larger pages are asked for)."""
    texts = [read(path) for path in storage_files()[:: 16 if LARGEST < 1_000_000 else 1]]
    total = sum(len(text.encode()) for text in texts)
    show(f"{len(texts)} pages of the corpus, {total:,} bytes", medians(conversions(texts), min(ROUNDS, 3)), ROWS)


def growth(run: Callable[[str], object], make: Callable[[int], str], count: int) -> float:
    """How many times longer eight times the page takes; 8 is linear, 64 is quadratic."""
    small, large = make(count // 8), make(count)
    found = medians({"small": lambda: run(small), "large": lambda: run(large)}, 1)
    return found["large"] / found["small"]


def test_shapes_are_measured_for_growth() -> None:
    """Many of one thing: eight times as many take about eight times as long."""
    count = 400 if LARGEST < 1_000_000 else 8_000
    lines = [f"{'eight times as many':44} {'read':>7} {'write':>7} {'push':>7}   8 is linear"]
    for name, make in SHAPES.items():
        found = [growth(run, make, count) for run in (storage_to_doc, to_markdown, _one_more)]
        lines.append(f"{name:44} " + " ".join(f"{times:7.1f}" for times in found))
    sys.stdout.write("\n" + "\n".join(lines) + "\n")


def _one_more(storage: str) -> None:
    markdown = to_markdown(storage)
    push(storage, markdown, markdown + "\nOne more.\n")


def test_rubble_is_measured_for_growth() -> None:
    """Markdown that nobody finished: nothing in it takes quadratic time that markdown-it does not take itself."""
    count = 800 if LARGEST < 1_000_000 else 20_000
    lines = [f"{'eight times as many':44} {'render':>7} {'read':>7}   8 is linear"]
    for name, make in RUBBLE.items():
        found = [growth(run, make, count) for run in (rendered, read_or_refuse)]
        lines.append(f"{name:44} " + " ".join(f"{times:7.1f}" for times in found))
    sys.stdout.write("\n" + "\n".join(lines) + "\n")


def read_or_refuse(text: str) -> None:
    with contextlib.suppress(ValueError):
        markdown_to_doc(text)


def test_memory_is_measured() -> None:
    """The peak of one conversion in a process of its own, as a multiple of the page."""
    size = min(LARGEST, 1_000_000)
    lines = [f"{f'memory, page of {size:,} bytes':44} {'times':>7}   target"]
    for name in ("to_markdown", "to_storage", "push"):
        command = [sys.executable, "-c", MEASURED, str(size), name]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        lines.append(f"{name:44} {float(done.stdout):7.1f}   {MEMORY:5}")
    sys.stdout.write("\n" + "\n".join(lines) + "\n")
