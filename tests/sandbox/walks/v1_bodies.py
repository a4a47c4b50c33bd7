"""Content body, and the bodies of macros."""

from __future__ import annotations

from tests.sandbox.contract import Walk

NOTE = (
    '<ac:structured-macro ac:name="info" ac:macro-id="note-1"><ac:parameter ac:name="title">Hint</ac:parameter>'
    '<ac:rich-text-body><p>Read <ac:structured-macro ac:name="status" ac:macro-id="in-1"><ac:parameter ac:name="title">'
    "OK</ac:parameter></ac:structured-macro> this.</p></ac:rich-text-body></ac:structured-macro>"
)
CODE = (
    '<ac:structured-macro ac:name="code" ac:macro-id="code-1"><ac:plain-text-body><![CDATA[a < b]]>'
    "</ac:plain-text-body></ac:structured-macro>"
)


def walk_convert(walk: Walk) -> None:
    """A text is shown as a page would be, at once or fetched within five minutes; its links mean the space named."""
    page = walk.rest.page("Target")
    sent = {"value": '<p>See <ac:link><ri:page ri:content-title="Target" /></ac:link></p>', "representation": "storage"}
    shown = walk.ok("POST", "/contentbody/convert/view?spaceKeyContext=DOC", json=sent)
    assert page["_links"]["webui"] in shown["value"]
    assert walk.ok("POST", "/contentbody/convert/storage", json=sent)["value"] == sent["value"]
    later = walk.ok("POST", f"/contentbody/convert/async/export_view?contentIdContext={page['id']}", json=sent)
    found = walk.ok("GET", f"/contentbody/convert/async/{later['asyncId']}")
    assert (found["status"], found["value"]) == ("COMPLETED", shown["value"])
    many = walk.ok(
        "POST", "/contentbody/convert/async/bulk/tasks", json={"conversionInputs": [{"to": "view", "body": sent}]}
    )
    assert (
        walk.ok("GET", f"/contentbody/convert/async/bulk/tasks?ids={many[0]['asyncId']}")[0]["value"] == shown["value"]
    )
    walk.site.store.clock.forward(minutes=6)
    walk.no("GET", f"/contentbody/convert/async/{later['asyncId']}", 404)
    walk.no("POST", "/contentbody/convert/pdf", 400, json=sent)
    walk.no("POST", "/contentbody/convert/view", 400, json={**sent, "value": "<p>open"})
    walk.no("POST", "/contentbody/convert/async/view", 400, json={"value": 1, "representation": "storage"})
    walk.no("POST", "/contentbody/convert/async/view?contentIdContext=99", 404, json=sent)
    walk.no("POST", "/contentbody/convert/async/bulk/tasks", 400, json={"conversionInputs": []})


def walk_macro_body(walk: Walk) -> None:
    """A macro is found in each version by its id: parameters, a body of marked-up text or of characters, and shown."""
    page = walk.rest.page("Macros", NOTE + CODE)
    walk.rest.save(page, 2, body="<p>Gone.</p>")
    place = f"/content/{page['id']}/history"
    note = walk.ok("GET", f"{place}/1/macro/id/note-1")
    assert (note["name"], note["parameters"]) == ("info", {"title": {"value": "Hint"}})
    assert note["body"].startswith("<p>Read <ac:structured-macro")
    assert note["body"].endswith(" this.</p>")
    assert walk.ok("GET", f"{place}/1/macro/id/in-1")["body"] == ""
    assert walk.ok("GET", f"{place}/1/macro/id/code-1")["body"] == "a < b"
    shown = walk.ok("GET", f"{place}/1/macro/id/code-1/convert/view")["value"]
    assert "a &lt; b" in shown
    later = walk.ok("GET", f"{place}/1/macro/id/code-1/convert/async/view")["asyncId"]
    assert walk.ok("GET", f"/contentbody/convert/async/{later}")["value"] == shown
    walk.no("GET", f"{place}/2/macro/id/code-1", 404)
    walk.no("GET", f"{place}/0/macro/id/code-1/convert/view", 404)
    walk.no("GET", f"{place}/7/macro/id/code-1/convert/async/view", 404)
