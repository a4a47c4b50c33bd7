"""A directory's page that somebody has written something on: it becomes a page with a file of its own."""

from __future__ import annotations

from confsync.core.bodies import reconcile
from confsync.local.document import canonical, digest
from confsync.model import Action, Effect, Pair, Row, Side, TitleFrom, replace
from confsync.remote import RemotePage
from confsync.state.journal import Backup
from converters import consistent, to_markdown

from .create import CHILDREN
from .effect import perform, set_row
from .observe import Observation
from .sites import at, site_of
from .texts import new_file, row_facts
from .world import Run, World


def regain_texts(world: World, run: Run, seen: Observation, *, write: bool) -> list[Effect]:
    """Write the files of directories' pages that hold a text by now. Gives the effects; write=False only shows them.

    Such a page was made with nothing but the list of its children; while it has no more, its directory says it all.
    """
    effects = []
    for key, row in list(seen.rows.items()):
        listed, path = seen.listing.pages.get(key), row.path.rstrip("/") + ".md"
        known = row.page.kind != "directory" or listed is None or listed.version == row.pair.version
        if known or key not in seen.local.tree.pages or world.folder.exists(path):
            continue
        remote, storage = world.api.page(key, body=True)
        if consistent(storage, to_markdown(CHILDREN)):
            if write:
                set_row(world, seen, replace(row, pair=replace(row.pair, version=remote.version)))
            continue
        reason = "has a text in Confluence by now"
        effect = Effect(Side.LOCAL, Action.CREATE, key, reason, remote.title, row.path, path, frozenset({"body"}))
        effects.append(effect)
        if write:
            _write(world, run, seen, effect, remote, storage)
    return effects


def _write(world: World, run: Run, seen: Observation, effect: Effect, remote: RemotePage, storage: str) -> None:
    row, path = seen.rows[remote.id], effect.new_path
    site = at(site_of(world, seen, {**seen.local.paths, remote.id: path}), seen, remote.id, path)
    body = canonical(reconcile(None, None, storage, site).text)
    page_id = remote.id if world.mirror.identity == "front_matter" else None
    text = new_file(row.page, page_id, body)
    pair = Pair(remote.version, world.state.keep_text(storage), world.state.keep_text(body))
    page = replace(row.page, kind="page", body=pair.storage)
    regained = Row(remote.id, page, pair, path, TitleFrom.FRONT_MATTER)

    def commit(_: None) -> None:
        set_row(world, seen, regained)
        world.state.add_backup(Backup(run.name, "made", path, ""))

    facts = {"kind": "write", "path": path, "digest": digest(text), "row": row_facts(regained)}
    perform(world, run, effect, facts, lambda op: world.folder.write_new(path, text), commit)
