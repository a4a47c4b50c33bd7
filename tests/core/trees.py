"""Random trees: one tree, perturbed copies of it, and the promises a merge must keep, as one function."""

import random
from collections.abc import Callable, Iterator

from confsync.model import Asset, AssetKey, Key, Merged, Page, Tree

Rule = Callable[[Tree, Tree, Tree], Merged]


class Words:
    """Texts that nobody has typed before."""

    def __init__(self) -> None:
        self.count = 0

    def new(self) -> str:
        self.count += 1
        return f"<t{self.count}>"


def random_tree(rng: random.Random, words: Words, size: int) -> Tree:
    pages: dict[Key, Page] = {"root": Page(None, "Home", body=words.new())}
    for number in range(size):
        parent = rng.choice(list(pages))
        pages[f"p{number}"] = Page(parent, f"Page {number}", body=words.new(), labels=some_labels(rng))
    assets = {AssetKey(key, "a.png"): Asset(words.new()) for key in pages if rng.random() < 0.2}
    return Tree(pages, assets, root="root")


def some_labels(rng: random.Random) -> frozenset[str]:
    return frozenset(rng.sample(["red", "green", "blue", "new"], rng.randrange(3)))


def perturbed(tree: Tree, rng: random.Random, words: Words, side: str, steps: int) -> Tree:
    """Apply random legal edits: a tree that somebody could have made of `tree`."""
    for number in range(steps):
        edit = rng.choice([edit_body, rename, swap, move, delete, add, label, attach])
        try:
            tree = edit(tree, rng, words, f"{side}{number}")
        except ValueError:
            continue  # the edit would have broken the tree: nobody could have made it
    return tree


def pick(tree: Tree, rng: random.Random) -> Key:
    keys = [key for key in tree.pages if key != "root"]
    if not keys:
        raise ValueError("only the root is left")
    return rng.choice(keys)


def with_page(tree: Tree, key: Key, **facets: object) -> Tree:
    from confsync.model import replace

    return Tree({**tree.pages, key: replace(tree.pages[key], **facets)}, tree.assets, root="root")


def edit_body(tree: Tree, rng: random.Random, words: Words, name: str) -> Tree:
    key = pick(tree, rng)
    return with_page(tree, key, body=words.new())


def rename(tree: Tree, rng: random.Random, words: Words, name: str) -> Tree:
    return with_page(tree, pick(tree, rng), title=rng.choice([f"Title {rng.randrange(4)}", "Home", "PAGE 1", "Page 2"]))


def swap(tree: Tree, rng: random.Random, words: Words, name: str) -> Tree:
    from confsync.model import replace

    one, two = pick(tree, rng), pick(tree, rng)
    pages = dict(tree.pages)
    pages[one], pages[two] = (
        replace(pages[one], title=tree.pages[two].title),
        replace(pages[two], title=tree.pages[one].title),
    )
    return Tree(pages, tree.assets, root="root")


def move(tree: Tree, rng: random.Random, words: Words, name: str) -> Tree:
    key = pick(tree, rng)
    return with_page(tree, key, parent=rng.choice([one for one in tree.pages if one != key]))


def label(tree: Tree, rng: random.Random, words: Words, name: str) -> Tree:
    return with_page(tree, pick(tree, rng), labels=some_labels(rng))


def add(tree: Tree, rng: random.Random, words: Words, name: str) -> Tree:
    title = rng.choice([f"New {rng.randrange(5)}", f"Page {rng.randrange(9)}"])
    page = Page(rng.choice(list(tree.pages)), title, body=words.new())
    return Tree({**tree.pages, f"new-{name}": page}, tree.assets, root="root")


def attach(tree: Tree, rng: random.Random, words: Words, name: str) -> Tree:
    key = AssetKey(pick(tree, rng), "a.png")
    return Tree(tree.pages, {**tree.assets, key: Asset(words.new())}, root="root")


def delete(tree: Tree, rng: random.Random, words: Words, name: str) -> Tree:
    gone = {pick(tree, rng)}
    while more := {key for key, page in tree.pages.items() if page.parent in gone} - gone:
        gone |= more
    pages = {key: page for key, page in tree.pages.items() if key not in gone}
    return Tree(pages, {key: value for key, value in tree.assets.items() if key.page not in gone}, root="root")


def texts(tree: Tree) -> set[str]:
    return {page.body for page in tree.pages.values()}


def scenario(seed: int) -> tuple[Tree, Tree, Tree]:
    rng, words = random.Random(seed), Words()
    base = random_tree(rng, words, rng.randrange(1, 9))
    return base, perturbed(base, rng, words, "l", rng.randrange(7)), perturbed(base, rng, words, "r", rng.randrange(7))


def broken_promises(rule: Rule, seed: int) -> Iterator[str]:
    """Yield what a merge rule gets wrong on one random scenario."""
    base, local, remote = scenario(seed)
    try:
        merged = rule(base, local, remote)
    except ValueError as error:
        yield f"illegal target: {error}"
        return
    target = merged.target
    if rule(base, base, remote).target != remote:
        yield "a change of the remote side alone is not taken exactly"
    if rule(base, local, base).target != local:
        yield "a change of the local side alone is not taken exactly"
    again = rule(target, target, target)
    if again.target != target or again.conflicts:
        yield "merging the result again changes it"
    new = (texts(local) | texts(remote)) - texts(base)
    everything = " ".join(texts(target))
    if lost := [text for text in new if text not in everything]:
        yield f"lost {lost}"
    yield from unsettled(rule, base, local, remote, random.Random(seed))


def unsettled(rule: Rule, base: Tree, local: Tree, remote: Tree, rng: random.Random) -> Iterator[str]:
    """Apply the plan one page at a time in random order, observing again after each step, until nothing is left."""
    for _ in range(300):
        merged = rule(base, local, remote)
        todo = [
            (side, key)
            for side, tree in (("local", local), ("remote", remote))
            for key in {**tree.pages, **merged.target.pages}
            if tree.pages.get(key) != merged.target.pages.get(key) and not (side == "remote" and key in merged.clashes)
        ]
        if not todo:
            break
        rng.shuffle(todo)
        for side, key in todo:
            try:
                if side == "local":
                    local, base = applied(local, merged.target, key), agreed(base, remote, key)
                else:
                    remote, base = applied(remote, merged.target, key), agreed(base, local, key)
            except ValueError:
                continue  # this order is not possible yet: its parent is missing or its title is still in use
            break
        else:
            # Only swaps are left: they are done together, as with a temporary title.
            local, remote, base = merged.target, merged.target, merged.target
    if local.pages != remote.pages:
        yield "half-applied plans do not settle"


def applied(tree: Tree, target: Tree, key: Key) -> Tree:
    """One effect: this page becomes what the target says, on one side."""
    return Tree(_with(tree, key, target.pages.get(key)), {}, root="root")


def agreed(base: Tree, other: Tree, key: Key) -> Tree:
    """After an effect on one side, what the other side has is what both agree on."""
    pages = _with(base, key, other.pages.get(key))
    return Loose(pages)  # type: ignore[return-value]


def _with(tree: Tree, key: Key, page: Page | None) -> dict[Key, Page]:
    pages = {one: value for one, value in tree.pages.items() if one != key}
    if page is not None:
        pages[key] = page
    return pages


class Loose:
    """What was agreed page by page need not be one legal tree at every moment."""

    def __init__(self, pages: dict[Key, Page]) -> None:
        self.pages, self.assets, self.unknown, self.root = pages, {}, {}, "root"  # type: ignore[var-annotated]

    def assets_of(self, key: Key) -> dict[str, Asset]:
        return {}
