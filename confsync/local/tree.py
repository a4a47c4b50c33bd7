"""The local tree: which file is which page, and which page lies under which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import chain, count
from posixpath import splitext
from types import MappingProxyType
from typing import Final, NamedTuple

from confsync.model import (
    FOLDER,
    TEXTS,
    Asset,
    AssetKey,
    Draft,
    Key,
    Page,
    PageId,
    Problem,
    Row,
    Tree,
    free_title,
    replace,
    shared,
)
from confsync.model.paths import BLOG_DIR, POST, TOP_DIR, children_dir, directory, files_dir, is_index, join

from .document import PageFile
from .scan import Scan

# The digest of an empty text: such files are not told apart by what they hold.
NO_TEXT: Final = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


class Known(NamedTuple):
    """What is known from the last run: the synced rows, the root page, and how file names become attachment names.

    marked: the pages whose file is known from the site alone, by path. blog: whether posts belong to the mirror.
    attached: page -> name -> SHA-256 of what others have attached on the site, and nobody here knows yet.
    """

    rows: Mapping[PageId, Row]
    root: PageId | None = None
    root_title: str = ""
    attachment_name: Callable[[Key, str], str] = lambda key, name: name
    marked: Mapping[str, PageId] = MappingProxyType({})
    blog: bool = True
    attached: Mapping[Key, Mapping[str, str]] = MappingProxyType({})


class LocalTree:
    """The tree, and for each of its keys the path and the file. occupied: files that are nobody's page.

    outside: page -> attachment name -> path, for the attachments whose file does not lie in their page's folder.
    """

    def __init__(
        self, tree: Tree, paths: dict[Key, str], files: dict[Key, PageFile], occupied: set[str],
        outside: Mapping[Key, Mapping[str, str]] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        self.tree = tree
        self.paths = paths
        self.files = files
        self.occupied = occupied
        self.outside = outside


def local_tree(scan: Scan, known: Known) -> LocalTree:
    """Judge what a scan found. What breaks a tree's rules becomes `unknown`; nothing is raised for one bad page."""
    return _Builder(scan, known).build()


class _Builder:
    def __init__(self, scan: Scan, known: Known) -> None:
        self.scan, self.known = scan, known
        self.keys: dict[str, Key] = {}  # path -> key
        self.unknown: dict[Key, Problem] = {}
        self.folders: dict[str, Key] = {}  # directory without a page file -> key
        self.doubled: set[Key] = set()
        self.by_path = {row.path: page for page, row in known.rows.items()}

    def build(self) -> LocalTree:
        self.assign_ids()
        self.find_moved_drafts()
        self.one_file_a_page()
        owners = {children_dir(path): key for path, key in self.keys.items()}
        self.folders = {row.path.rstrip("/"): page for page, row in self.known.rows.items() if row.path.endswith("/")}
        pages: dict[Key, Page] = {}
        for path, key in self.keys.items():
            file = self.scan.pages[path]
            if file.problem:
                self.unknown[key] = file.problem
            if key not in self.unknown:
                pages[key] = self.page(key, file, owners)
        for folder, key in list(self.folders.items()):
            if key not in pages and folder not in owners:
                pages[key] = self.folder(folder, key, owners)
        self.doubt_the_vanished()
        self.part_titles(pages)
        self.drop_orphans(pages)
        paths: dict[Key, str] = {key: path for path, key in self.keys.items()}
        paths |= {key: folder + "/" for folder, key in self.folders.items() if key in pages and key not in paths}
        files = {key: self.scan.pages[path] for key, path in paths.items() if path in self.scan.pages}
        assets, outside = self.assets(pages, paths), self.outside(files)
        for key in outside.keys() & pages.keys():
            assets |= {AssetKey(key, name): Asset(self.scan.outside[path]) for name, path in outside[key].items()}
        tree = Tree(pages, assets, self.unknown, self.known.root, frozenset(self.doubled))
        return LocalTree(tree, paths, files, {paths[key] for key in self.unknown if key in paths}, outside)

    def assign_ids(self) -> None:
        """Front matter names the page; of two files with one id the one at the synced path keeps it."""
        claims: dict[PageId, list[str]] = defaultdict(list)
        for path, file in self.scan.pages.items():
            if file.id:
                claims[file.id].append(path)
        for page, paths in claims.items():
            row = self.known.rows.get(page)
            keeper = row.path if row and row.path in paths else paths[0]
            self.keys[keeper] = page
        taken = set(self.keys.values())
        for path in self.scan.pages:
            if path in self.keys:
                continue
            page_id = self.by_path.get(path) or self.known.marked.get(path)
            if path in ("index.md", "README.md") and not page_id and not self.scan.pages[path].id:
                page_id = self.known.root
            if page_id is None or page_id in taken:
                self.keys[path] = Draft(path)
            else:
                self.keys[path] = page_id
                taken.add(page_id)

    def find_moved_drafts(self) -> None:
        """A draft whose text equals that of a vanished file is that file, moved."""
        taken = set(self.keys.values())
        vanished: dict[str, list[PageId]] = defaultdict(list)
        for page, row in self.known.rows.items():
            if page not in taken and row.path not in self.scan.pages and row.pair.markdown != NO_TEXT:
                vanished[row.pair.markdown].append(page)
        for path, key in self.keys.items():
            file = self.scan.pages[path]
            candidates = vanished.get(file.body, [])
            if isinstance(key, Draft) and len(candidates) == 1 and not file.id and not file.problem:
                self.keys[path] = candidates.pop()

    def one_file_a_page(self) -> None:
        """Two files for one page are an error on both."""
        units: dict[str, list[str]] = defaultdict(list)
        for path in self.keys:
            units[children_dir(path)].append(path)
        for paths in units.values():
            for path in paths if len(paths) > 1 else ():
                others = ", ".join(other for other in paths if other != path)
                problem = Problem(path, f"is a second file for the page of {others}", "keep one of them")
                self.unknown[self.keys[path]] = problem

    def doubt_the_vanished(self) -> None:
        """A file that cannot be read and has no page may be the moved file of any page that is missing."""
        unreadable = [key.path for key in self.unknown if isinstance(key, Draft)]
        if not unreadable:
            return
        for page in self.known.rows.keys() - set(self.keys.values()):
            message = f"is missing, but {unreadable[0]} may be it and cannot be used"
            self.unknown[page] = Problem(self.known.rows[page].path, message, "mend that file first")

    def parent_of(self, folder: str, owners: Mapping[str, Key]) -> Key | None:
        """Give the page that a directory's files lie under; a directory without a page file is a folder."""
        if folder == TOP_DIR:
            return None
        if folder in owners:
            return owners[folder]
        if not folder:
            return self.known.root
        if folder not in self.folders:
            above = self.parent_of(directory(folder), owners)
            if self.transparent(folder, above):
                return above
            self.folders[folder] = Draft(folder + "/")
        return self.folders[folder]

    def transparent(self, folder: str, above: Key | None) -> bool:
        """A directory whose page is gone keeps its files' parents: they were agreed to lie under what is above it."""
        members = (self.by_path.get(path) for path in self.keys if directory(path) == folder)
        return any(page and self.known.rows[page].page.parent == above for page in members)

    def is_post(self, key: Key, path: str, owners: Mapping[str, Key]) -> bool:
        """A post stays one wherever its file lies; a new file is one if it lies among them, with its day."""
        row = self.known.rows.get(key) if isinstance(key, str) else None
        if row is not None:
            return row.page.kind == "blogpost"
        return self.known.blog and POST.match(path) is not None and BLOG_DIR not in owners

    def page(self, key: Key, file: PageFile, owners: Mapping[str, Key]) -> Page:
        if self.is_post(key, file.path, owners):
            return Page(None, file.title, None, shared(file.labels), file.body, "blogpost", file.settings)
        folder = directory(file.path)
        parent: Key | None
        if key == self.known.root:
            parent = None  # wherever its file lies
        elif is_index(file.path):
            parent = None if not folder else self.parent_of(directory(folder), owners)
        else:
            parent = self.parent_of(folder, owners)
        title = file.title
        if key == self.known.root and file.title_from == "name":
            title = self.known.root_title or title
        return Page(parent, title, file.order, shared(file.labels), file.body, settings=file.settings)

    def folder(self, folder: str, key: Key, owners: Mapping[str, Key]) -> Page:
        row = self.known.rows.get(key) if isinstance(key, str) else None
        title = row.page.title if row else folder.rpartition("/")[2]
        labels, kind = (row.page.labels, row.page.kind) if row else (frozenset[str](), "directory")
        return Page(self.parent_of(directory(folder), owners), title, None, labels, FOLDER, kind)

    def part_titles(self, pages: dict[Key, Page]) -> None:
        """Of two pages with one title, the one that had it when last agreed keeps it; the other is left alone.

        When both had it, a run was cut off between two renames: nobody chose that title, and the next run goes on.
        """
        holders: dict[str, Key] = {}

        def claim(key: Key) -> tuple[bool, bool, str]:
            return (not self.agreed(key, pages[key]), pages[key].kind not in TEXTS, str(key))

        for key in sorted(pages, key=claim):
            page = pages[key]
            if page.claim is None:
                continue
            holder = holders.setdefault(page.claim, key)
            if holder != key and page.kind == "directory":
                pages[key] = replace(page, title=free_title(page.title, holders))
                holders[pages[key].claim or ""] = key
            elif holder != key and self.agreed(key, page):
                self.doubled.add(key)
            elif holder != key:
                mine, other = self.place(key), self.place(holder)
                remedy = f"name it for example {page.title + ' (2)'!r}"
                self.unknown[key] = Problem(mine, f"has the title of {other}: {page.title!r}", remedy)
                del pages[key]

    def agreed(self, key: Key, page: Page) -> bool:
        row = self.known.rows.get(key) if isinstance(key, str) else None
        return row is not None and row.page.title.casefold() == page.title.casefold()

    def place(self, key: Key) -> str:
        return next((path for path, one in self.keys.items() if one == key), str(key))

    def drop_orphans(self, pages: dict[Key, Page]) -> None:
        """A parent that has no node of its own (a folder that is gone) hands its children to what is above it."""
        for key, page in list(pages.items()):
            known = (None, self.known.root)
            if page.parent in known or page.parent in pages or page.parent in self.unknown:
                continue
            pages[key] = replace(page, parent=self.known.root)

    def assets(self, pages: Mapping[Key, Page], paths: Mapping[Key, str]) -> dict[AssetKey, Asset]:
        found: dict[AssetKey, Asset] = {}
        for key in pages:
            for name, sha in self.scan.files.get(files_dir(paths.get(key, "/")), {}).items():
                found[AssetKey(key, self.known.attachment_name(key, name))] = Asset(sha)
        return found

    def outside(self, files: Mapping[Key, PageFile]) -> dict[Key, dict[str, str]]:
        """Name the files elsewhere that pages link to."""
        found: dict[Key, dict[str, str]] = {}
        for key, file in files.items():
            if there := [path for path in file.outside if path in self.scan.outside]:
                own = self.scan.files.get(files_dir(file.path), ())
                taken = {self.known.attachment_name(key, name) for name in own}
                mine = {self.scan.outside[path] for path in there}
                taken |= {name for name, sha in self.known.attached.get(key, {}).items() if sha not in mine}
                found[key] = outside_names(there, taken)
        return found


def outside_names(paths: Iterable[str], taken: set[str]) -> dict[str, str]:
    """Give each file its own name as an attachment's; where that is taken, with its folders' before it, or a number."""
    result: dict[str, str] = {}
    for path in paths:
        parts = path.split("/")
        stem, ending = splitext("-".join(parts))
        names = ["-".join(parts[start:]) for start in range(len(parts) - 1, -1, -1)]
        numbered = (f"{stem}-{number}{ending}" for number in count(2))
        name = next(name for name in chain(names, numbered) if name not in taken and name not in result)
        result[name] = path
    return result


def attachment_path(page_path: str, file_name: str) -> str:
    """Give the path of an attachment's file."""
    return join(files_dir(page_path), file_name)
