"""Where the file of each page of the target lies: kept where it is, moved with its parent, named on creation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from confsync.model import TEXTS, Draft, Key, Tree
from confsync.model.paths import BLOG_DIR, POST, ROOT_FILE, TOP_DIR, children_dir, directory, is_index, join, stem

from .names import fitting, fold, slug

_UNIT = {"sibling": "{}.md", "index": "{}/index.md", "readme": "{}/README.md"}


def usual_layout(paths: Iterable[str]) -> str:
    """Tell which layout a tree already uses; "sibling" when it does not show."""
    inner = [path for path in paths if "/" in path]
    names = Counter(path.rpartition("/")[2] for path in inner if is_index(path))
    if not names or sum(names.values()) * 3 < len(inner):
        return "sibling"
    return "readme" if names.most_common(1)[0][0] == "README.md" else "index"


def place(
    target: Tree,
    local: Tree,
    paths: Mapping[Key, str],
    *,
    layout: str = "",
    occupied: Iterable[str] = (),
    days: Mapping[Key, str] = MappingProxyType({}),
) -> dict[Key, str]:
    """Give every page of the target the path of its file, relative to the mirror's folder; folders end in `/`.

    local: the local tree and `paths` its files. A path once given is kept, unless the page's parent moves or its title
    changes while its name still is the slug of the old one. occupied: files that are nobody's page. days: on which
    each post was made, as 2026-01-31.
    """
    taken = {fold(_unit(path)) for path in occupied}
    return _Placer(target, local, paths, layout or usual_layout(paths.values()), taken, days).run()


@dataclass(slots=True)
class _Placer:
    target: Tree
    local: Tree
    paths: Mapping[Key, str]
    layout: str
    taken: set[str]
    days: Mapping[Key, str]
    result: dict[Key, str] = field(default_factory=dict)

    def run(self) -> dict[Key, str]:
        children: dict[Key | None, list[Key]] = defaultdict(list)
        for key, page in self.target.pages.items():
            children[page.parent if page.parent in self.target.pages else None].append(key)
        level = children[None]
        while level:
            # Who keeps a place claims it before who is new; among the new ones the lower id has the plain name.
            kept = {key: path for key in level if (path := self.keeps(key)) is not None}
            for key, path in kept.items():
                self.claim(key, path)
            for key in sorted((key for key in level if key not in kept), key=_seniority):
                self.claim(key, self.fresh(key))
            level = [child for key in level for child in children[key]]
        return self.result

    def claim(self, key: Key, path: str) -> None:
        self.result[key] = path
        self.taken.add(fold(_unit(path)))

    def home(self, key: Key) -> str:
        """Give the directory in which a page of the target lies."""
        parent = self.target.pages[key].parent
        if self.target.pages[key].kind == "blogpost":
            return BLOG_DIR
        if parent is None:
            return TOP_DIR if self.target.root is not None else ""
        if parent == self.target.root:
            return ""
        path = self.result.get(parent) or self.paths.get(parent)
        return children_dir(path) if path else TOP_DIR

    def keeps(self, key: Key) -> str | None:
        """Give the path a page keeps, or gets because an ancestor's directory moves; None when it needs a new one."""
        page, old = self.target.pages[key], self.paths.get(key)
        if key == self.target.root:
            return old or ROOT_FILE
        before = self.local.pages.get(key)
        if old is None or before is None or before.parent != page.parent:
            return None
        if old.endswith("/") != (page.kind not in TEXTS):
            return None
        if before.title != page.title and stem(old.rstrip("/")) == slug(before.title):
            return None
        parent = page.parent
        if parent is None or parent == self.target.root or parent not in self.paths:
            return old
        old_home = children_dir(self.paths[parent])
        if old_home == self.home(key) or not old.startswith(old_home + "/"):
            return old
        return join(self.home(key), old[len(old_home) + 1 :])

    def fresh(self, key: Key) -> str:
        """Give a page a new path: its own name where it has one that is not its old title's, else its title's slug."""
        page, old, before = self.target.pages[key], self.paths.get(key), self.local.pages.get(key)
        name = slug(page.title)
        pattern = "{}/" if page.kind not in TEXTS else _UNIT[self.layout]
        if page.kind == "blogpost":
            old_day = old[len(BLOG_DIR) + 1 :][:10] if old and POST.match(old) else ""
            pattern = f"{old_day or self.days.get(key, '1970-01-01')}-{{}}.md"
            old = None
        if old and before and not old.endswith("/") and page.kind == "page":
            if before.title == page.title or stem(old) != slug(before.title):
                name = stem(old)
            pattern = "{}/" + old.rpartition("/")[2] if is_index(old) and directory(old) else "{}.md"
        if name == slug(page.title):
            name = fitting(name, self.home(key))
        path = join(self.home(key), pattern.format(name))
        if fold(_unit(path)) in self.taken:
            mark = key if isinstance(key, str) else str(_number(self.taken, join(self.home(key), name)))
            path = join(self.home(key), pattern.format(f"{name}-{mark}"))
        return path


def _unit(path: str) -> str:
    """Give what two pages must not share: the path without `.md` or its index file."""
    return children_dir(path) or path


def _number(taken: set[str], path: str) -> int:
    return next(number for number in range(2, 10_000) if fold(f"{path}-{number}") not in taken)


def _seniority(key: Key) -> tuple[int, int, str]:
    if isinstance(key, Draft):
        return (2, 0, key.path)
    return (0, int(key), "") if key.isdecimal() else (1, 0, key)

