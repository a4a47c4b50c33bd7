"""One run: observe → merge → guard → plan → apply → commit, repeated until the plan is empty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from confsync.core.guard import guard
from confsync.core.merge import merge
from confsync.core.place import place
from confsync.core.plan import plan
from confsync.core.schedule import phases, waits_for
from confsync.errors import (
    AccessError,
    FileChanged,
    GuardStop,
    LocalError,
    NotFound,
    ReadOnly,
    RemoteError,
    TitleTaken,
    Unavailable,
    VersionClash,
)
from confsync.model import Action, AssetKey, Direction, Draft, Effect, Key, Merged, Plan, Policy, Problem, Side, replace
from confsync.remote import Listing
from confsync.report import RunResult

from .adopt import adopt, see_through_versions
from .assets import sync_asset
from .drafts import without_blocked_swaps
from .finish import fingerprint, report, write_ids
from .listings import current_listing, full_listing, known_listing, renewed
from .marks import all_found
from .moves import delete_file, move_files
from .observe import Observation, observe
from .ordering import read_order
from .prove import prove_absent
from .pull import pull_texts
from .push import push
from .recover import recover
from .regain import regain_texts
from .review import demand_known
from .round import Round
from .settings import look_at_settings
from .sites import agreed_paths, follow_moves, settle_paths, site_of
from .titles import refused, without_reserved
from .world import Run, World, chosen

if TYPE_CHECKING:
    from .comments import Sheet

ROUNDS = 5


def cycle(world: World, run: Run, direction: Direction) -> RunResult:
    """Run until both sides are as the direction wants them. A dry run stops before anything is done."""
    for line in recover(world):
        world.reporter.note(line)
    world.state.set_meta("unclean", "yes")
    listing = current_listing(world, run)
    run.listed_in_full = run.options.full
    if run.options.expect:
        _as_expected(world, run, listing, direction)
    rounds = 0
    while True:
        seen, merged, planned, links = decide(world, run, listing, direction)
        if run.options.dry_run:
            world.state.set_meta("unclean", "")
            answers = [one for _, effects in _answers(world, run, direction) for one in effects]
            return report(world, run, seen, merged, [*links, *planned.effects, *answers], rounds)
        if not planned.effects and not run.dirty:
            run.passing.clear()
            break
        if rounds == ROUNDS:
            run.problems.update(run.passing)
            for effect in planned.effects:
                why = run.delays.get(str(effect.key), "")
                message = f"is not settled after {ROUNDS} rounds" + (f": {why}" if why else "")
                run.problem(Problem(effect.place or effect.title, message, "run it again"))
            break
        rounds += 1
        run.passing.clear()
        run.decisions.extend(merged.conflicts)
        confirm(world, planned)
        apply(world, run, seen, merged, planned)
        listing = look_again(world, run, seen)
        del seen, merged, planned  # a large space is not held in memory twice
    write_ids(world, run, seen)
    all_found(world, run.problems)
    _comments(world, run, seen, direction)
    if run.done:
        world.state.forget_texts()
    world.state.set_meta("unclean", "")
    return report(world, run, seen, merged, [], rounds)


def _answers(world: World, run: Run, direction: Direction) -> list[tuple[Sheet, list[Effect]]]:
    """What was written into the files of comments, where there are such files; a pull leaves it where it is."""
    if not world.config.sync.comments_files or direction is Direction.PULL:
        return []
    from .comments import edited

    return list(edited(world, run))


def _comments(world: World, run: Run, seen: Observation, direction: Direction) -> None:
    """Send what was written into the files of comments, and write those that have changed on the site."""
    if not world.config.sync.comments_files:
        return
    from .comments import edited, sync_comments

    sheets = list(edited(world, run))
    effects = tuple(one for _, some in sheets for one in some)
    if direction is not Direction.PULL:
        confirm(world, Plan(effects))
    sync_comments(world, run, seen, direction, sheets)


def _as_expected(world: World, run: Run, listing: Listing, direction: Direction) -> None:
    """Raise GuardStop, with what would be done, when that is not what the plan at hand says."""
    dry = Run(run.name, run.command, replace(run.options, dry_run=True), run.policy)
    seen, _, planned, links = decide(world, dry, listing, direction)
    effects = [*links, *planned.effects, *(one for _, some in _answers(world, dry, direction) for one in some)]
    if fingerprint(effects, seen) != run.options.expect:
        items = tuple(str(effect) for effect in effects) or ("nothing",)
        remedy = "look at what would be done now, and make a new plan"
        raise GuardStop("something has changed since the plan was made", remedy=remedy, items=items)
    run.meant = frozenset(one for effect in effects for one in about(effect))


def about(effect: Effect) -> Iterator[str]:
    """Name the page that an effect is about: by its key, and by its files, which a new page keeps."""
    yield str(effect.key.page if isinstance(effect.key, AssetKey) else effect.key)
    yield from filter(None, (effect.path, effect.new_path))


def decide(
    world: World, run: Run, listing: Listing, direction: Direction
) -> tuple[Observation, Merged, Plan, list[Effect]]:
    """See both sides, merge, and plan; before a deletion everything is listed anew, and absence is proved."""
    seen = observe(world, listing)
    adopt(world, run, seen)
    see_through_versions(world, seen)
    look_at_settings(world, run, seen)
    write = not run.options.dry_run
    links = regain_texts(world, run, seen, write=write) if direction is not Direction.PUSH else []
    if links and write:
        seen = observe(world, seen.listing)
    links += (followed := _follow_authors(world, run, seen))
    if followed and write:
        seen = observe(world, seen.listing)
    merged, planned = _plan(world, run, seen, direction)
    deletes = [effect for effect in planned.effects if effect.action is Action.DELETE and isinstance(effect.key, str)]
    if deletes and not run.listed_in_full:
        run.listed_in_full = True
        return decide(world, run, full_listing(world, seen.listing), direction)
    effects = without_reserved(world, run, seen, merged.target, planned.effects)
    if deletes:
        effects = prove_absent(world, run, seen, effects)
        guard(
            effects,
            seen.synced,
            seen.local.tree,
            seen.remote,
            max_deletes=world.config.sync.max_deletes,
            allow_deletes=run.options.allow_deletes,
        )
    return seen, merged, replace(planned, effects=tuple(effects)), links


def _follow_authors(world: World, run: Run, seen: Observation) -> list[Effect]:
    """Links follow the files that their author has moved; then the new places are agreed."""
    now = seen.local.paths
    write = not run.options.dry_run
    links = follow_moves(world, run, seen, agreed_paths(world, seen.rows, now), now, write=write)
    if write:
        settle_paths(world, seen)
    return links


def _plan(world: World, run: Run, seen: Observation, direction: Direction) -> tuple[Merged, Plan]:
    local = seen.local
    prefer = Side.LOCAL if run.policy is Policy.LOCAL else Side.REMOTE
    merged = merge(seen.synced, local.tree, seen.remote, prefer=prefer)
    days: dict[Key, str] = {key: page.created[:10] for key, page in seen.listing.pages.items() if page.created}
    paths = place(
        merged.target, local.tree, local.paths, layout=world.mirror.layout, occupied=local.occupied, days=days
    )
    demand_known(world, seen, run.options.paths, paths.values())
    planned = plan(merged, local.tree, seen.remote, local.paths, paths, direction, seen.sequences, local.outside)
    named = [_named(seen, effect) for effect in planned.effects]
    effects = [effect for effect in chosen(named, run.options.paths) if not _left_out(world, run, effect)]
    if run.meant is not None:
        effects = [effect for effect in effects if run.meant.intersection(about(effect))]  # what follows from the plan
    if direction is Direction.PUSH:
        for key in merged.clashes:
            place_ = local.paths.get(key, str(key))
            run.problem(Problem(place_, "was changed on both sides", "confsync sync, or pull and then push"))
    return merged, replace(planned, effects=tuple(effects))


def _named(seen: Observation, effect: Effect) -> Effect:
    """Name a page whose file is gone by the file it had: that is what its author knows it by."""
    row = seen.rows.get(effect.key) if isinstance(effect.key, str) else None
    gone = effect.action is Action.DELETE and effect.side is Side.REMOTE and not effect.path
    return replace(effect, path=row.path) if gone and row else effect


def _left_out(world: World, run: Run, effect: Effect) -> bool:
    """What is held back in this run, or deleted on the site only if the settings say so, is not planned again."""
    keeps = world.config.sync.on_delete == "keep" and effect.side is Side.REMOTE and effect.action is Action.DELETE
    return keeps or str(effect.key) in run.held


def confirm(world: World, planned: Plan) -> None:
    """Ask once, before the first write to a site. Raises GuardStop when the answer is no."""
    if world.confirm is None or not any(effect.side is Side.REMOTE for effect in planned.effects):
        return
    if world.state.meta("confirmed") == world.config.site:
        return
    if not world.confirm(planned):
        items = tuple(str(effect) for effect in planned.effects)
        raise GuardStop("the first write to this site was not confirmed", remedy="--yes confirms it", items=items)
    world.state.set_meta("confirmed", world.config.site)


def apply(world: World, run: Run, seen: Observation, merged: Merged, planned: Plan) -> None:
    """Do the effects of a plan, in order; what goes wrong with one page holds back that page only."""
    paths = {**seen.local.paths, **planned.paths}
    round_ = Round(world, run, seen, merged.target, paths, site_of(world, seen, paths))
    pushes = sum(1 for effect in planned.effects if effect.side is Side.REMOTE)
    if pushes:
        world.reporter.stage("writing to Confluence", pushes)
    for kind, group in groupby(without_blocked_swaps(round_, planned.effects), _kind):
        effects = list(group)
        if kind == "move":
            move_files(round_, effects)
        elif kind == "text":
            pull_texts(round_, effects)
        else:
            work(round_, effects)


def work(round_: Round, effects: Sequence[Effect]) -> None:
    """Do effects that are one request or a few each: as many at once as the site takes, in the order they need."""
    for part in phases(effects):
        before = round_.seen.remote if part[0].side is Side.REMOTE else round_.seen.local.tree
        jobs = [partial(attempt, round_, effect) for effect in part]
        round_.world.crew.work(jobs, waits_for(part, round_.target, before))


def _kind(effect: Effect) -> str:
    if effect.side is Side.REMOTE or isinstance(effect.key, AssetKey):
        return "one"
    if effect.action is Action.MOVE:
        return "move"
    return "one" if effect.action is Action.DELETE else "text"


def attempt(round_: Round, effect: Effect) -> None:
    """Do one effect and say in words what stands in its way."""
    run, place_ = round_.run, effect.path or effect.new_path or effect.title
    key = effect.key.page if isinstance(effect.key, AssetKey) else effect.key
    try:
        if isinstance(effect.key, AssetKey):
            sync_asset(round_, effect)
        elif effect.side is Side.LOCAL:
            delete_file(round_, effect)
        else:
            push(round_, effect)
            round_.world.reporter.step(effect.title)
    except ReadOnly:
        raise
    except TitleTaken:
        refused(round_, effect)
    except (VersionClash, NotFound, Unavailable, FileChanged) as error:
        # Somebody was faster, or nobody knows: look again, and merge again.
        if isinstance(key, Draft) and not isinstance(error, Unavailable):
            run.hold(effect, Problem(place_, error.message, error.remedy))
        elif isinstance(key, str):
            run.dirty.add(key)
        run.delays[str(effect.key)] = error.message
    except AccessError as error:
        run.denied = error
        run.hold(effect, Problem(place_, error.message, error.remedy))
    except (RemoteError, LocalError, OSError, ValueError) as error:
        message = getattr(error, "message", "") or getattr(error, "strerror", "") or str(error)
        run.hold(effect, Problem(place_, message, getattr(error, "remedy", ""), getattr(error, "line", 0)))


def look_again(world: World, run: Run, seen: Observation) -> Listing:
    """Give the listing for the next round: what was answered is known; what is doubtful is read anew."""
    if world.state.intents():
        recover(world)
        seen.listing.pages.update(known_listing(world).pages)
    read_order(world, run, seen)
    listing = seen.listing
    if run.dirty:
        listing = renewed(world, listing, run.dirty)
        run.dirty.clear()
    return listing
