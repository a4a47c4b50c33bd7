"""The end of a run: ids into the files of new pages, and the result."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from confsync.errors import FileChanged
from confsync.local.document import ID_KEY
from confsync.model import Action, AssetKey, Effect, Merged, NodeKey, Problem, Side, Tree
from confsync.report import RunResult

from .effect import perform
from .observe import Observation
from .settle import open_conflicts
from .world import Run, World


def write_ids(world: World, run: Run, seen: Observation) -> None:
    """Write the page's id into each file that has a page by now and does not name it."""
    from converters.markdown.front_matter import FrontMatterError, set_fields

    if world.mirror.identity != "front_matter":
        return
    for key, file in seen.local.files.items():
        if not isinstance(key, str) or key not in seen.rows or file.id == key or file.problem:
            continue
        facets = frozenset({"id"})
        effect = Effect(Side.LOCAL, Action.UPDATE, key, "the page's id", file.title, file.path, file.path, facets)
        text = world.folder.read(file.path)
        try:
            new = set_fields(text, {ID_KEY: key})
        except FrontMatterError as error:
            remedy = f"write `{ID_KEY}: {key}` into it by hand"
            run.problem(Problem(file.path, f"the page's id was not written: {error.message}", remedy, error.line))
            continue
        facts = {"kind": "head", "path": file.path}
        with suppress(FileChanged):  # the next run writes it
            perform(world, run, effect, facts, partial(_write, world, file.path, new, text), lambda _: None)


def _write(world: World, path: str, new: str, was: str, op: str) -> None:
    world.folder.write(path, new, was)


def report(
    world: World, run: Run, seen: Observation, merged: Merged, planned: Sequence[Effect], rounds: int
) -> RunResult:
    """Sum up a run. Raises the refusal when nothing was done because nothing was allowed."""
    if run.denied is not None and not run.done:
        raise run.denied
    waiting = open_conflicts(world, seen)
    asked = {conflict.path for conflict in waiting}
    for problem in seen.local.tree.unknown.values():
        if problem.place not in asked:
            run.problem(problem)
    decisions = {(str(one.key), one.facet): one for one in (*run.decisions, *merged.conflicts)}
    return RunResult(
        run=run.name,
        done=tuple(run.done),
        planned=tuple(planned),
        decisions=tuple(decisions.values()),
        conflicts=waiting,
        problems=tuple(problem for problem in run.problems.values() if problem.place not in asked),
        receipts=tuple(run.receipts.values()),
        pages=len(seen.local.files),
        dry_run=run.options.dry_run,
        rounds=rounds,
        fingerprint=fingerprint(planned, seen) if run.options.dry_run else "",
    )


def fingerprint(effects: Sequence[Effect], seen: Observation) -> str:
    """Give a digest of effects and of the pages and attachments, as they are on both sides, that they are about."""
    from confsync.local.document import digest

    trees = (seen.local.tree, seen.remote)
    about = [repr((str(effect), *(_as_it_is(tree, effect.key) for tree in trees))) for effect in effects]
    return digest("\n".join(sorted(about)))


def _as_it_is(tree: Tree, key: NodeKey) -> object:
    if isinstance(key, AssetKey):
        return tree.assets.get(key)
    page = tree.pages.get(key)
    return page and (*page[:3], sorted(page.labels), *page[4:])
