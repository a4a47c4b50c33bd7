"""Two texts of one page: random edits on both sides of what was agreed, and mutants that take the wrong base."""

import random
from collections.abc import Callable, Iterator

import pytest

from confsync.core.bodies import Halves, Outcome, reconcile
from converters import Site, consistent

SITE = Site("https://example.test/wiki", "DOCS")
SEEDS = 150

Rule = Callable[[Halves | None, str | None, str, Site], Outcome]
Paragraphs = tuple[str, ...]


def storage(paragraphs: Paragraphs) -> str:
    return "".join(f"<p>{one}</p>" for one in paragraphs)


def markdown(paragraphs: Paragraphs) -> str:
    return "\n\n".join(paragraphs) + "\n"


def edited(base: Paragraphs, rng: random.Random, side: str) -> Paragraphs:
    """Change words, add and take away paragraphs; every new word is named after its side."""
    result = list(base)
    for number in range(rng.randrange(4)):
        at = rng.randrange(len(result))
        match rng.randrange(4):
            case 0:
                result.insert(at, f"{side}{number}new")
            case 1 if len(result) > 1:
                del result[at]
            case _:
                result[at] = f"{result[at]} {side}{number}word"
    return tuple(result)


def new_words(text: str) -> set[str]:
    return {word for word in text.split() if word.endswith(("new", "word"))}


def broken_promises(rule: Rule, seed: int) -> Iterator[str]:
    """Yield what a rule gets wrong on one random pair of edits."""
    rng = random.Random(seed)
    base = tuple(f"Paragraph {number} of the text." for number in range(rng.randrange(2, 7)))
    here, there = edited(base, rng, "l"), edited(base, rng, "r")
    agreed = Halves(storage(base), markdown(base))
    pulled = rule(agreed, markdown(base), storage(there), SITE)
    if not consistent(storage(there), pulled.text, SITE) or pulled.conflicts:
        yield "an edit of the remote side alone is not taken exactly"
    kept = rule(agreed, markdown(here), storage(base), SITE)
    if kept.text != markdown(here) or kept.conflicts:
        yield "an edit of the local side alone is not kept exactly"
    both = rule(agreed, markdown(here), storage(there), SITE)
    if not consistent(storage(there), both.agreed, SITE):
        yield "what is taken for agreed is not what the site says"
    if lost := (new_words(markdown(here)) | new_words(markdown(there))) - new_words(both.text):
        yield f"lost {sorted(lost)}"


def test_random_edits_keep_every_promise() -> None:
    """One-sided edits exact, what is agreed is what the site says, no new word lost."""
    for seed in range(SEEDS):
        assert not (wrong := list(broken_promises(reconcile, seed))), f"seed {seed}: {wrong}"


def remote_for_base(base: Halves | None, local: str | None, remote: str, site: Site) -> Outcome:
    """Take what the site has for what was agreed."""
    return reconcile(Halves(remote, reconcile(base, None, remote, site).text), local, remote, site)


def local_for_base(base: Halves | None, local: str | None, remote: str, site: Site) -> Outcome:
    """Take what the folder has for what was agreed."""
    return reconcile(Halves(base.storage if base else "", local or ""), local, remote, site)


def halves_of_two_moments(base: Halves | None, local: str | None, remote: str, site: Site) -> Outcome:
    """Take the site's text of now and the folder's of then for one and the same."""
    return reconcile(Halves(remote, base.markdown if base else ""), local, remote, site)


@pytest.mark.parametrize("rule", [remote_for_base, local_for_base, halves_of_two_moments], ids=lambda one: one.__name__)
def test_the_random_edits_catch_a_broken_rule(rule: Rule) -> None:
    """A base from the wrong side breaks a promise: the property test is not hollow."""
    assert any(next(broken_promises(rule, seed), None) for seed in range(SEEDS))
