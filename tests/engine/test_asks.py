"""What users of other tools have asked for most, entry by entry of the survey: each on the engine, with a real site.

Said of single texts elsewhere: comments near seeded edits (`converters/test_comments.py`), what every macro looks like
and how it comes back (`test_notation.py`, `test_elementary.py`), two-cycle stability of generated pages
(`test_laws_generated.py`), names on every system (`core/test_name_laws.py`). Of the engine elsewhere: conflicts and how
they are settled (`test_sync.py`), lost answers (`test_bad_connections.py`), archived and hidden titles
(`test_bad_days.py`), pages that turn invisible (`test_unseen.py`), identity in the property (`test_rebuild.py`), many
requests at once (`test_crew.py`).
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from confsync.config import MirrorConfig, SyncConfig
from confsync.engine import Options
from confsync.errors import GuardStop
from confsync.model import Policy
from tests.engine.machines import MAKE, SPACE, Machine, Site, at, cloned, machine, quiet

FULL = Options(full=True)
COMMENTED = '<p>One <ac:inline-comment-marker ac:ref="{0}">commented</ac:inline-comment-marker> word.</p>'
MACROS = (
    '<ac:structured-macro ac:name="jira" ac:schema-version="1" ac:macro-id="0a4b"><ac:parameter ac:name="jqlQuery">'
    'project = A</ac:parameter></ac:structured-macro>'
    '<ac:structured-macro ac:name="some-vendor" ac:macro-id="5e6f" vendor="x"><ac:rich-text-body><p>Inside.</p>'
    "</ac:rich-text-body></ac:structured-macro>"
)
TABLE = (
    '<table data-layout="wide" ac:local-id="t1"><colgroup><col style="width: 120.0px;" /><col style="width: 300.0px;" />'
    "</colgroup><tbody><tr><th colspan=\"2\"><p>Both</p></th></tr><tr><td><ul><li>a</li><li>b</li></ul></td>"
    "<td><p>c</p></td></tr></tbody></table>"
)


def page_of(site: Site, root: Path, body: str, title: str = "Page", **options: object) -> tuple[Machine, str]:
    page = site.create(title, body)
    return cloned(site, root, **options), page


def test_ask_1_inline_comments_survive_every_publication(site: Site, tmp_path: Path) -> None:
    """1: "Every publisher destroys inline comments": markers stay on their words, and the receipt counts them."""
    body = COMMENTED.format("b2f9e7f4-0000-4000-8000-000000000001") + "<p>Last.</p>"
    one, page = page_of(site, tmp_path / "m", body)
    one.replace("page.md", "One commented word.", "Now one commented word here.")
    one.replace("page.md", "Last.", "The last.")
    result = one.engine.sync()
    marker = re.search(r"<ac:inline-comment-marker.*?</ac:inline-comment-marker>", body)
    assert marker is not None
    assert site.body(page) == f"<p>Now one {marker[0]} word here.</p><p>The last.</p>"
    assert [(receipt.comments_kept, receipt.comments_lost) for receipt in result.receipts] == [(1, 0)]


def test_ask_2_edits_of_colleagues_come_back(site: Site, tmp_path: Path) -> None:
    """2: "Pull colleagues' edits back": text, title, labels, place and attachments made in the web editor are files."""
    one, page = page_of(site, tmp_path / "m", "<p>Text.</p>")
    parent = site.create("Parent")
    site.edit(page, "<p>Text by a colleague.</p>", title="New name")
    site.api.add_labels(page, ["theirs"])
    site.api.move(page, "append", parent)
    site.attach(page, "x.txt", b"x", tmp_path)
    assert one.engine.pull(FULL).exit_code == 0
    text = one.read("parent/new-name.md")
    assert ("title: New name" in text, "labels: [theirs]" in text, "by a colleague" in text) == (True, True, True)
    assert one.read("parent/new-name.files/x.txt") == "x"
    assert one.writes() == []


def test_ask_3_macros_are_never_removed(site: Site, tmp_path: Path) -> None:
    """3: "A round trip silently removes macros": known and unknown ones keep every byte when the text beside is edited."""
    one, page = page_of(site, tmp_path / "m", f"<p>Before.</p>{MACROS}<p>After.</p>")
    body = site.body(page)
    assert body.count("<ac:structured-macro") == 2
    one.replace("page.md", "Before.", "Edited before.")
    one.replace("page.md", "After.", "Edited after.")
    assert one.engine.sync().exit_code == 0
    assert site.body(page) == body.replace("Before.", "Edited before.").replace("After.", "Edited after.")


def test_ask_4_what_was_fetched_is_the_base_of_what_is_sent(site: Site, tmp_path: Path) -> None:
    """4: "The raw storage was rewritten": an image keeps its element, parameters and order of attributes."""
    image = '<ac:image ac:width="300" ac:align="center" ac:layout="center"><ri:attachment ri:filename="x.png" /></ac:image>'
    one, page = page_of(site, tmp_path / "m", f"<p>{image}</p><p>Text.</p>")
    body = site.body(page)
    assert "<ac:image" in body
    one.replace("page.md", "Text.", "Edited.")
    one.engine.sync()
    assert site.body(page) == body.replace("Text.", "Edited.")


def test_ask_5_edits_of_others_do_not_quietly_disappear(site: Site, tmp_path: Path) -> None:
    """5: "Others' edits quietly disappear": a push over a newer version of the same words is refused and named."""
    one, page = page_of(site, tmp_path / "m", "<p>Text.</p>")
    one.replace("page.md", "Text.", "Mine.")
    site.edit(page, "<p>Theirs.</p>")
    result = one.engine.push()
    assert (result.exit_code, [problem.place for problem in result.problems]) == (3, ["page.md"])
    assert site.body(page) == "<p>Theirs.</p>"


@pytest.mark.parametrize(
    ("policy", "winner"),
    [(Policy.LOCAL, "Mine."), (Policy.REMOTE, "Theirs."), (Policy.BOTH, "Theirs."), (Policy.ASK, "Theirs.")],
)
def test_ask_6_who_wins_is_said_for_each_mirror(site: Site, tmp_path: Path, policy: Policy, winner: str) -> None:
    """6: "Git must win": the mirror's own policy decides; the loser can be found, and asking leaves both in the file."""
    mirror = MirrorConfig(SPACE, on_conflict=policy)
    one, page = page_of(site, tmp_path / "m", "<p>Text.</p>", mirror=mirror)
    one.replace("page.md", "Text.", "Mine.")
    site.edit(page, "<p>Theirs.</p>")
    assert one.engine.sync().exit_code == (3 if policy is Policy.ASK else 0)
    assert site.body(page) == f"<p>{winner}</p>"
    found = one.trash() + "".join(data.decode() for data in one.files().values()) + site.api.body_of_version(page, 2)
    assert "Mine." in found
    assert "Theirs." in found


def test_ask_7_foreign_pages_are_never_hijacked(site: Site, tmp_path: Path) -> None:
    """7: "Lookup by title hijacks foreign subtrees": identity is the page's id; a title outside the root is left alone."""
    root, foreign = site.create("Root"), site.create("Shared", "<p>Foreign.</p>")
    below = site.create("Below", "<p>Foreign too.</p>", foreign)
    one = cloned(site, tmp_path / "m", mirror=MirrorConfig(SPACE, root="Root"))
    one.write("shared.md", "# Shared\n\nMine.\n")
    one.write("shared/below.md", "# Below\n\nMine, too.\n")
    result = one.engine.sync(Options(full=True, on_conflict=Policy.LOCAL))
    assert result.exit_code == 3
    assert {problem.place for problem in result.problems} >= {"shared.md"}
    assert f"pageId={foreign}" in str(result.problems)
    assert (site.body(foreign), site.page(foreign).parent) == ("<p>Foreign.</p>", site.home)
    assert (site.body(below), site.page(below).parent) == ("<p>Foreign too.</p>", foreign)
    assert site.page(root).status == "current"


def test_ask_8_no_purge_goes_wrong(site: Site, tmp_path: Path) -> None:
    """8: "121 pages are being removed": mass deletion stops with the list; what is deleted lies in the site's trash."""
    pages = [site.create(f"Page {number}") for number in range(12)]
    one = cloned(site, tmp_path / "m")
    for number in range(8):
        (one.root / f"page-{number}.md").unlink()
    with pytest.raises(GuardStop) as stop:
        one.engine.sync()
    assert (stop.value.exit_code, len(stop.value.items)) == (5, 8)
    assert one.writes() == []
    one.engine.sync(Options(allow_deletes=8))
    assert {site.api.page(page, status="any")[0].status for page in pages[:8]} == {"trashed"}
    assert {site.page(page).status for page in pages[8:]} == {"current"}


@pytest.mark.parametrize(
    ("on_delete", "status"),
    [("trash", "trashed"), pytest.param("archive", "archived", marks=pytest.mark.cloud), ("keep", "current")],
)
def test_asks_9_and_10_a_deleted_file_leaves_no_stale_page(
    site: Site, tmp_path: Path, on_delete: str, status: str
) -> None:
    """9: "Deleted files leave stale pages"; 10: "No right to delete at work": trash, archive or keep, as it is set."""
    one, page = page_of(site, tmp_path / "m", "<p>Text.</p>", sync=SyncConfig(on_delete=on_delete))
    (one.root / "page.md").unlink()
    assert one.engine.sync(FULL).exit_code == 0
    assert site.api.page(page, status="any")[0].status == status
    assert "page.md" not in one.files()
    assert one.engine.sync(FULL).done == ()


def test_ask_11_a_rename_makes_no_duplicate(site: Site, tmp_path: Path) -> None:
    """11: "Rename: duplicate page, or old files left on disk": renamed and moved on either side, it is one page, one file."""
    one, page = page_of(site, tmp_path / "m", "<p>Text.</p>")
    other = site.create("Other", "<p>Other text.</p>")
    one.engine.sync(FULL)
    one.replace("page.md", "title: Page", "title: Renamed here")
    (one.root / "other").mkdir()
    (one.root / "page.md").rename(one.root / "other/file.md")
    site.edit(other, title="Renamed there")
    assert one.engine.sync(FULL).exit_code == 0
    assert sorted(site.titles()) == ["Documentation", "Renamed here", "Renamed there"]
    assert site.page(page).parent == other
    assert sorted(one.files()) == ["index.md", "renamed-there.md", "renamed-there/file.md"]
    quiet(one)


def test_ask_12_no_local_edit_is_dropped(site: Site, tmp_path: Path) -> None:
    """12: "pull-merge dropped the local edit": whatever a run overwrites is in the trash first, and undo brings it back."""
    one, page = page_of(site, tmp_path / "m", "<p>Text.</p>")
    one.replace("page.md", "Text.", "My long work.")
    site.edit(page, "<p>Theirs.</p>")
    one.engine.pull(Options(full=True, on_conflict=Policy.REMOTE))
    assert "My long work." not in one.read("page.md")
    assert "My long work." in one.trash()
    one.engine.undo()
    assert "My long work." in one.read("page.md")


def test_ask_13_an_edit_that_search_does_not_know_yet_arrives(site: Site, tmp_path: Path) -> None:
    """13: "Missed a remote edit until --force": the index lags; the next listing in full brings what it had not told."""
    one, page = page_of(site, tmp_path / "m", "<p>Text.</p>")
    site.app.sandbox.set_index_lag(3600)
    site.edit(page, "<p>Remote.</p>")
    one.engine.sync()
    site.clock.forward(minutes=11)
    one.engine.sync()
    assert "Remote." in one.read("page.md")


def test_ask_14_dates_stay_and_nothing_leaves_its_panel(site: Site, tmp_path: Path) -> None:
    """14: "A plain date came back as another; paragraphs escape a panel": three trips there and back change nothing."""
    panel = (
        '<ac:structured-macro ac:name="info" ac:schema-version="1"><ac:rich-text-body><p>First.</p><p>2026-03-09</p>'
        "<ul><li>a</li></ul></ac:rich-text-body></ac:structured-macro>"
    )
    body = f'<p>Plain 2026-03-09 and <time datetime="2026-03-09" />.</p>{panel}<p>After.</p>'
    one, page = page_of(site, tmp_path / "m", body)
    body = site.body(page)
    for number in range(3):
        one.replace("page.md", "After", f"{number} After")
        assert one.engine.sync(FULL).exit_code == 0
        site.replace(page, "After", f"{number} there After")
        assert one.engine.sync(FULL).exit_code == 0
    assert site.body(page) == body.replace("After", "0 0 there 1 1 there 2 2 there After")
    quiet(one)


def test_ask_15_merged_cells_and_lists_in_cells_stay(site: Site, tmp_path: Path) -> None:
    """15: "Merged cells and lists in cells lose data": that one table is HTML, and edits in it change their cell only."""
    one, page = page_of(site, tmp_path / "m", f"<p>Text.</p>{TABLE}")
    one.replace("page.md", "Text.", "Edited.")
    one.replace("page.md", "Both", "Both columns")
    assert one.engine.sync().exit_code == 0
    assert site.body(page) == f"<p>Edited.</p>{TABLE.replace('Both', 'Both columns')}"


def test_ask_16_a_site_that_limits_requests_is_no_end(site: Site, tmp_path: Path) -> None:
    """16: "429 kills the run": a third of all requests refused, and the clone is whole, with nothing asked in vain."""
    for number in range(20):
        site.create(f"Page {number}", f"<p>{number}</p>")
    site.faults.add("*", "/rest/", "429", chance=0.3, seconds=1)
    one = machine(site, tmp_path / "m")
    assert one.engine.clone().exit_code == 0
    assert len(one.files()) == 21
    for number in range(20):
        one.replace(f"page-{number}.md", f"{number}\n", f"{number} edited.\n")
    assert one.engine.sync().exit_code == 0
    assert {page.version for page, _ in site.api.pages(SPACE) if page.id != site.home} == {2}


def test_ask_17_watchers_are_not_spammed(site: Site, tmp_path: Path) -> None:
    """17: "600 notifications since yesterday": no version without a change, and minor edits where they are asked for."""
    one, page = page_of(site, tmp_path / "m", "<p>One  <b>two</b></p>")
    text = one.read("page.md")
    one.write("page.md", text.replace("**two**", "__two__"))
    for _ in range(3):
        one.engine.push(FULL)
    assert site.page(page).version == 1
    one.replace("page.md", "One", "Uno")
    one.engine.push(Options(minor=True))
    data = site.api.session.get(f"/content/{page}", expand="version")
    quiet_edits = site.flavour != "cloud-current"  # version 2 of the API knows none
    assert (data["version"]["number"], data["version"]["minorEdit"]) == (2, quiet_edits)


def test_ask_18_images_are_uploaded_once(site: Site, tmp_path: Path) -> None:
    """18: "Images re-uploaded every run": equal bytes are never sent again, from this or another machine."""
    one, page = page_of(site, tmp_path / "m", "<p>Text.</p>")
    one.write("page.files/x.png", "PNG")
    one.replace("page.md", "Text.", "Text. ![](page.files/x.png)")
    assert one.engine.sync().exit_code == 0
    (one.root / "page.files/x.png").touch()
    two = tmp_path / "two"
    shutil.copytree(one.root, two, ignore=shutil.ignore_patterns(".confsync"))
    for each in (one, machine(site, two)):
        each.asked()
        each.engine.sync(FULL)
        assert not [path for method, path in each.asked() if "attachment" in path and method == "POST"]
    assert [asset.version for asset in site.page(page).assets] == [1]


def test_ask_19_ci_writes_nothing_back(site: Site, tmp_path: Path) -> None:
    """19: "Page-id write-back breaks CI": with identity in the property no file changes, and no page is made twice."""
    mirror = MirrorConfig(SPACE, identity="property")
    texts = {"index.md": "# Home\n\nText.\n", "a.md": "# A\n\nText of A.\n", "a/b.md": "# B\n\nText of B.\n"}
    for number in range(3):  # each time a runner with nothing but the checkout
        runner = machine(site, tmp_path / f"runner{number}", mirror=mirror)
        for path, text in texts.items():
            runner.write(path, text)
        assert runner.engine.push(FULL).exit_code == 0
        assert {path: data.decode() for path, data in runner.files().items()} == texts
        assert bool(runner.writes()) is (number == 0)
    assert sorted(site.titles()) == ["A", "B", "Home"]


def test_ask_20_width_and_table_layout_are_not_reset(site: Site, tmp_path: Path) -> None:
    """20: "Update resets page width": properties of others, restrictions and the table's layout outlive a push."""
    one, page = page_of(site, tmp_path / "m", f"<p>Text.</p>{TABLE}")
    site.api.write_property(page, "content-appearance-published", "full-width")
    site.api.write_property(page, "vendor", {"x": 1})
    site.api.restrict(page, "update", "groups", "confluence-users")
    one.replace("page.md", "Text.", "Edited.")
    assert one.engine.sync(FULL).exit_code == 0
    found = site.properties(page, "content-appearance-published", "vendor")
    assert found == {"content-appearance-published": "full-width", "vendor": {"x": 1}}
    assert site.restricted(page, "update")["groups"] == ["confluence-users"]
    assert TABLE in site.body(page)


def test_ask_21_equal_titles_are_found_before_anything_is_sent(site: Site, tmp_path: Path) -> None:
    """21: "Same title in two places (README, index)": both files are named, with a proposal, and the others go."""
    one = cloned(site, tmp_path / "m")
    one.write("a/README.md", "# Overview\n\nOf A.\n")
    one.write("b/README.md", "# Overview\n\nOf B.\n")
    one.asked()
    (problem,) = one.engine.plan().problems
    assert (problem.place, "a/README.md" in problem.message) == ("b/README.md", True)
    assert "'Overview (2)'" in problem.remedy
    assert one.writes() == []
    assert one.engine.sync().exit_code == 3
    assert site.body(site.titles()["Overview"]) == "<p>Of A.</p>"


def test_ask_22_a_large_export_goes_on_and_asks_little(site: Site, tmp_path: Path) -> None:
    """22: "Hours, restart from zero; a linked page cost 22 minutes": it goes on where it was, and links cost no request."""
    links = "".join(f'<p><ac:link><ri:page ri:content-title="Page {n}" /></ac:link></p>' for n in range(60))
    for number in range(60):
        site.create(f"Page {number}", links)
    one = machine(site, tmp_path / "m")
    site.faults.add("GET", r"limit=50.*start=50|start=50.*limit=50|cursor", "500", times=9)
    with pytest.raises(Exception, match="500"):
        one.engine.clone()
    site.faults.clear()
    done = len(one.files())
    assert 0 < done < 61
    one.asked()
    assert one.engine.clone().exit_code == 0
    assert len(one.files()) == 61
    each = 3 if site.flavour == "cloud-current" else 1  # a page with its ancestors and attachments
    assert len(one.asked()) <= 3 + (61 - done) * each
    assert "[Page 59](page-59.md)" in one.read("page-0.md")


def test_ask_23_anchors_hold(site: Site, tmp_path: Path) -> None:
    """23: "In-page and cross-page anchors break": links to headings become anchors there, and come back as they were."""
    one = cloned(site, tmp_path / "m")
    one.write("a.md", "# A\n\n[here](#some-heading) and [there](b.md#other-heading)\n\n## Some heading\n\nText.\n")
    one.write("b.md", "# B\n\n## Other heading\n\n[back](a.md#some-heading)\n")
    before = one.files()
    assert one.engine.sync().exit_code == 0
    body = site.body(site.titles()["A"])
    assert "ac:anchor=" in body
    assert 'ri:content-title="B"' in body
    site.replace(site.titles()["A"], "Text.", "Text by a colleague.")
    assert one.engine.sync().exit_code == 0
    assert one.read("a.md").endswith(before["a.md"].decode().replace("Text.", "Text by a colleague."))
    quiet(one)


def test_ask_24_a_path_that_windows_refuses_never_ends_a_run(site: Site, tmp_path: Path) -> None:
    """24: "Path length and bad characters abort the run": deep trees of long, odd titles have short, legal paths."""
    parent = None
    for number in range(5):
        parent = site.create(f'{number}: "a/b" <c>? ' + "long words " * 20, "<p>Text.</p>", parent)
    one = cloned(site, tmp_path / "m")
    assert len(one.files()) == 6
    assert all(len(path) <= 220 for path in one.files())
    assert not [path for path in one.files() if re.search(r'[<>:"\\|?*]|[. ](/|$)', path)]
    quiet(one)


def test_ask_25_a_lock_that_fails_is_looked_at_again_and_restrictions_stay(site: Site, tmp_path: Path) -> None:
    """25: "409 failures; a version comment with the revision; restrictions while in review": all three."""
    one, page = page_of(site, tmp_path / "m", "<p>One.</p><p>Two.</p>")
    site.api.restrict(page, "update", "users", site.api.me())
    one.replace("page.md", "One.", "One, here.")
    left = [1]

    def before(method: str, path: str) -> None:
        if method == "PUT" and re.search(at(page), path) and left:
            left.pop()
            site.replace(page, "Two.", "Two, there.")

    one.wire.before = before
    assert one.engine.sync(Options(message="3f2a91c Fix the first paragraph")).exit_code == 0
    assert site.body(page) == "<p>One, here.</p><p>Two, there.</p>"
    assert site.page(page).message.startswith("3f2a91c Fix the first paragraph")
    assert site.restricted(page, "update")["users"] == [site.api.me()]


def test_also_asked_a_listing_that_ends_early_deletes_nothing(site: Site, tmp_path: Path) -> None:
    """Also seen: "search pagination can end early": a page that is not listed is looked at before it counts as gone."""
    pages = [site.create(f"Page {number}") for number in range(4)]
    one = cloned(site, tmp_path / "m")
    before = one.files()
    site.faults.add("GET", MAKE, "sleep", times=99)  # answers as always, so that the cut below is all there is
    api = one.engine.world.api
    one.engine.world._api = type("Short", (type(api),), {
        "pages": lambda self, *given, **named: list(type(api).pages(self, *given, **named))[:3],
    })(api.session)  # fmt: skip
    result = one.engine.sync(FULL)
    assert one.files() == before
    assert result.exit_code == 3
    assert "not listed any more, but current" in result.problems[0].message
    assert all(site.page(page).status == "current" for page in pages)
