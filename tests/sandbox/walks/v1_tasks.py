"""Inline tasks."""

from __future__ import annotations

from tests.sandbox.contract import Walk


def walk_tasks(walk: Walk) -> None:
    """A task in a page is found by who has to do it and until when; ticked off over REST it is so in the page."""
    me = walk.ok("GET", "/user/current")["accountId"]
    mention = f'<ac:link><ri:user ri:account-id="{me}" /></ac:link>'
    page = walk.rest.page(
        "To do",
        "<ac:task-list><ac:task><ac:task-status>incomplete</ac:task-status><ac:task-body>Call the bank "
        f'{mention} <time datetime="2026-03-01" /></ac:task-body></ac:task>'
        "<ac:task><ac:task-status>complete</ac:task-status><ac:task-body>Rest</ac:task-body></ac:task></ac:task-list>",
    )
    found = walk.ok("GET", f"/inlinetasks/search?assignee={me}&status=incomplete")["results"]
    assert [one["contentId"] for one in found] == [int(page["id"])]
    assert "Call the bank" in found[0]["body"]
    march = 1772323200000
    assert found[0]["dueDate"] == march
    assert walk.ok("GET", f"/inlinetasks/search?duedateFrom={march + 1}")["results"] == []
    assert walk.ok("GET", "/inlinetasks/search?spaceKey=DOC")["size"] == 2
    place = f"/inlinetasks/{found[0]['globalId']}"
    assert walk.ok("PUT", place, json={"status": "complete"})["completeUser"] == me
    assert walk.ok("GET", place)["status"] == "complete"
    storage = walk.rest.storage(page["id"])
    assert storage.count("<ac:task-status>complete</ac:task-status>") == 2
    again = walk.rest("GET", f"/content/{page['id']}?expand=version")
    assert again["version"]["number"] == 2, "the tick is a version of the page"
    walk.rest.save(page, 3, body=storage.replace(">complete<", ">incomplete<"))
    assert "completeUser" not in walk.ok("GET", place), "the tick was taken away in the page"
    walk.rest.save(page, 4, body="<p>Done.</p>")
    walk.no("GET", place, 404)
    walk.no("GET", f"/inlinetasks/{10**30}", 404)
    walk.no("PUT", place, 404, json={"status": "complete"})
    walk.no("GET", "/inlinetasks/search?spaceKey=NONE", 404)
