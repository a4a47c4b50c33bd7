"""Templates of pages, and the blueprints that the site ships."""

from __future__ import annotations

from typing import Any

from tests.sandbox.contract import Walk

BODY = (
    '<at:declarations><at:string at:name="owner" /><at:list at:name="size"><at:option at:value="big" /></at:list>'
    '</at:declarations><p>Owner: <at:var at:name="owner" /></p>'
)
JANE = {"Authorization": "Bearer jane"}


def _sent(name: str, body: str = BODY, **more: Any) -> dict[str, Any]:
    storage = {"value": body, "representation": "storage"}
    return {"name": name, "templateType": "page", "body": {"storage": storage}, **more}


def walk_templates(walk: Walk) -> None:
    """A template is kept with its variables, in its space or for the whole site, until it is deleted."""
    doc = {"space": {"key": "DOC"}}
    label = [{"prefix": "global", "name": "Plan"}]
    made = walk.ok("POST", "/template", json=_sent("Plan", description="How we plan", labels=label, **doc))
    whole = walk.ok("POST", "/template", json=_sent("Note", "<p>note</p>"))
    assert made["body"]["storage"]["value"] == BODY
    assert (made["space"]["key"], [one["name"] for one in made["labels"]]) == ("DOC", ["plan"])
    assert [one["name"] for one in walk.ok("GET", "/template/page?spaceKey=DOC")["results"]] == ["Plan"]
    [listed] = walk.ok("GET", "/template/page?expand=body")["results"]
    assert (listed["templateId"], listed["body"]["storage"]["value"]) == (whole["templateId"], "<p>note</p>")
    [found] = walk.ok("GET", "/label?name=plan&type=page_template")["associatedContents"]["results"]
    assert (found["contentId"], found["title"]) == (int(made["templateId"]), "Plan")
    place = f"/template/{made['templateId']}"

    saved = walk.ok("PUT", "/template", json=_sent("Plan 2", "<p>new</p>", templateId=made["templateId"], **doc))
    assert (saved["name"], saved["description"], saved["templateId"]) == ("Plan 2", "How we plan", made["templateId"])
    assert walk.ok("GET", place)["body"]["storage"]["value"] == "<p>new</p>"
    walk.ok("DELETE", place, 204)
    walk.no("GET", place, 403)
    assert walk.ok("GET", "/template/page?spaceKey=DOC")["results"] == []


def walk_refused_templates(walk: Walk) -> None:
    """A template needs a name and a body, stays in its space, and that of the whole site is for administrators."""
    walk.site.create_user("jane")
    made = walk.ok("POST", "/template", json=_sent("Plan", space={"key": "DOC"}), headers=JANE)
    own = {"templateId": made["templateId"]}
    for bad in (_sent(""), {**_sent("A"), "body": {}}, {**_sent("A"), "templateType": "post"}, _sent("A", "<p>")):
        walk.no("POST", "/template", 400, json=bad)
        walk.no("PUT", "/template", 400, json={**bad, **own, "space": {"key": "DOC"}})
    walk.no("POST", "/template", 403, json=_sent("A"), headers=JANE)
    walk.no("POST", "/template", 404, json=_sent("A", space={"key": "NONE"}))
    walk.no("PUT", "/template", 400, json={**_sent("A"), **own})
    walk.no("PUT", "/template", 403, json=_sent("A", templateId="99"))
    assert walk.ok("GET", f"/template/{made['templateId']}")["name"] == "Plan"
    walk.no("DELETE", "/template/none", 403)
    for path in ("/template/page", "/template/blueprint"):
        walk.no("GET", f"{path}?spaceKey=NONE", 404)


def walk_blueprints(walk: Walk) -> None:
    """Blueprints come with the site and can be read only."""
    found = walk.ok("GET", "/template/blueprint?spaceKey=DOC")["results"]
    assert "Meeting notes" in [one["name"] for one in found]
    assert walk.ok("GET", "/template/blueprint?limit=1")["size"] == 1
    first = found[0]["templateId"]
    assert "at:var" in walk.ok("GET", f"/template/{first}")["body"]["storage"]["value"]
    walk.no("DELETE", f"/template/{first}", 403)
    walk.no("PUT", "/template", 403, json=_sent("Mine", templateId=first))
