"""Clone and idle sync: what is brought, what it costs, and that nothing is written without a reason."""

from pathlib import Path

from confsync.engine import Options
from confsync.model import Policy
from tests.engine.machines import SPACE, Site, cloned, machine

BODY = '<h2>Use</h2><p>See <ac:link><ri:page ri:content-title="Guide" /></ac:link>.</p>'


def test_a_clone_is_a_folder_of_markdown(site: Site, tmp_path: Path) -> None:
    """Pages lie where the tree has them, with title, labels and id in the front matter and links between files."""
    guide = site.create("Guide")
    install = site.create("Install & run", BODY, guide)
    site.api.add_labels(install, ["setup"])
    site.attach(guide, "a b.txt", b"data", tmp_path)
    one = cloned(site, tmp_path / "m")
    assert list(one.files()) == ["guide.files/a b.txt", "guide.md", "guide/install-run.md", "index.md"]
    text = one.read("guide/install-run.md")
    head = f'---\nconfluence_page_id: "{install}"\ntitle: Install & run\nlabels: [setup]\n---\n\n'
    assert text == head + "## Use\n\nSee [Guide](../guide.md).\n"
    assert one.engine.status().clean


def test_clone_then_push_and_sync_send_nothing(site: Site, tmp_path: Path) -> None:
    """No churn: not one write on either side, and a second clone is byte-identical."""
    for number in range(7):
        site.create(f"Page {number}", f"<p>Text {number}</p><ul><li>one</li></ul>")
    one = cloned(site, tmp_path / "one")
    before = one.files()
    for run in (one.engine.push, one.engine.pull, one.engine.sync):
        assert not run(Options(full=True)).done
    assert one.writes() == []
    assert one.files() == before == cloned(site, tmp_path / "two").files()


def test_an_idle_sync_costs_one_request_while_the_listing_is_fresh(site: Site, tmp_path: Path) -> None:
    """A search for changes, and nothing else; later a full listing, and still no body."""
    for number in range(5):
        site.create(f"Page {number}")
    one = cloned(site, tmp_path / "m")
    one.engine.sync()
    assert len(one.asked()) == 1
    site.clock.forward(minutes=11)
    one.engine.sync()
    asked = one.asked()
    assert len(asked) <= (5 if site.flavour == "cloud-current" else 3)  # two listings each for pages and for posts
    assert not any("body" in path for _, path in asked)


def test_a_clone_of_many_pages_asks_for_listings_not_for_pages(site: Site, tmp_path: Path) -> None:
    """120 pages: some listings with bodies and without, what the site is, and no request for a single page."""
    for number in range(120):
        site.create(f"Page {number}", f"<p>{number}</p>")
    one = machine(site, tmp_path / "m")
    result = one.engine.clone()
    assert result.pages == 121
    assert len(one.asked()) <= (10 if site.flavour == "cloud-current" else 8)


def test_status_asks_nobody(site: Site, tmp_path: Path) -> None:
    """Local changes are told offline, each with its kind."""
    guide, old = site.create("Guide"), site.create("Old")
    one = cloned(site, tmp_path / "m")
    one.replace("guide.md", "Text.", "New text.")
    one.replace("guide.md", "title: Guide", "title: Handbook")
    (one.root / "old.md").unlink()
    one.write("new.md", "A draft.\n")
    found = {(change.kind, change.path, change.id) for change in one.engine.status().local}
    assert found == {
        ("edited", "guide.md", guide), ("renamed", "guide.md", guide), ("deleted", "old.md", old),
        ("added", "new.md", ""),
    }  # fmt: skip
    assert one.asked() == []


def test_a_plan_and_a_dry_run_change_nothing(site: Site, tmp_path: Path) -> None:
    """Every change is shown with its reason before it happens."""
    guide = site.create("Guide")
    one = cloned(site, tmp_path / "m")
    one.replace("guide.md", "Text.", "Local.")
    other = site.create("Other")
    before = one.files()
    plan = one.engine.plan()
    assert [(str(e.side), str(e.action), e.new_path) for e in plan.plan.effects] == [
        ("remote", "update", "guide.md"), ("local", "create", "other.md"),
    ]  # fmt: skip
    assert one.engine.sync(Options(dry_run=True)).planned == plan.plan.effects
    assert one.writes() == []
    assert one.files() == before
    assert site.body(guide) == "<p>Text.</p>"
    assert other


def test_a_subtree_is_a_mirror_of_its_own(site: Site, tmp_path: Path) -> None:
    """With a root, only what lies under it is brought, and the root page is index.md."""
    from confsync.config import MirrorConfig

    guide = site.create("Guide")
    site.create("Inside", parent=guide)
    site.create("Outside")
    one = cloned(site, tmp_path / "m", mirror=MirrorConfig(SPACE, root="Guide"))
    assert list(one.files()) == ["index.md", "inside.md"]
    assert not one.engine.sync(Options(full=True)).done


def test_a_lost_state_is_found_again_without_a_write(site: Site, tmp_path: Path) -> None:
    """Deleting .confsync costs nothing: both sides are compared and found equal."""
    import shutil

    for number in range(3):
        site.create(f"Page {number}", f"<p>Text <em>{number}</em></p>")
    one = cloned(site, tmp_path / "m")
    one.replace("page-1.md", "Text", "Edited text")
    one.engine.push()
    one.replace("page-1.md", "Edited", "Twice edited")
    one.engine.close()
    shutil.rmtree(one.root / ".confsync")
    again = machine(site, one.root)
    assert len(again.engine.plan().plan.effects) == 1
    result = again.engine.sync(Options(on_conflict=Policy.ASK))
    assert [str(effect.side) for effect in result.done] == ["remote"]
    assert "Twice edited" in site.body(site.titles()["Page 1"])
    assert result.exit_code == 0
