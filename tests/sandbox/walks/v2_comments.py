"""Comments at the foot of content and on pieces of its text."""

from __future__ import annotations

import io
from typing import Any

from tests.sandbox.contract import Walk
from tests.sandbox.walks.v2_pages import V2, new, save

FOOTER, INLINE = f"{V2}/footer-comments", f"{V2}/inline-comments"


def say(walk: Walk, where: str, value: str = "<p>Well</p>", **more: Any) -> Any:
    """Create a comment."""
    return walk.ok("POST", where, 201, json={"body": {"representation": "storage", "value": value}, **more})


def chosen(text: str, count: int = 1, index: int = 0) -> dict[str, Any]:
    """Give what names a text of a page."""
    return {
        "inlineCommentProperties": {
            "textSelection": text,
            "textSelectionMatchCount": count,
            "textSelectionMatchIndex": index,
        }
    }


def ids(answer: Any) -> list[str]:
    """Give the ids of a list."""
    return [row["id"] for row in answer["results"]]


def walk_footer_comments(walk: Walk) -> None:
    """A thread stands under its page; a comment is edited by the next version, and answers to a deleted one stay."""
    page, post = new(walk, "Page")["id"], new(walk, "Post", where="/blogposts")["id"]
    sent = {"file": (io.BytesIO(b"abc"), "a.txt")}
    walk.rest("POST", f"/content/{page}/child/attachment", data=sent, headers={"X-Atlassian-Token": "nocheck"})
    [file] = ids(walk.ok("GET", f"{V2}/pages/{page}/attachments"))
    first = say(walk, FOOTER, pageId=page)
    assert (first["title"], first["pageId"], first["version"]["number"]) == ("Re: Page", page, 1)
    answer = say(walk, FOOTER, parentCommentId=first["id"])
    deep = say(walk, FOOTER, parentCommentId=answer["id"])
    on_post, on_file = say(walk, FOOTER, blogPostId=post), say(walk, FOOTER, attachmentId=file)
    assert (answer["parentCommentId"], on_post["blogPostId"], on_file["attachmentId"]) == (first["id"], post, file)
    assert ids(walk.ok("GET", f"{V2}/pages/{page}/footer-comments")) == [first["id"]]
    assert ids(walk.ok("GET", f"{V2}/blogposts/{post}/footer-comments")) == [on_post["id"]]
    assert ids(walk.ok("GET", f"{V2}/attachments/{file}/footer-comments?version=1")) == [on_file["id"]]
    assert on_file["_links"]["webui"].startswith("/pages/viewpageattachments.action")
    everything = [one["id"] for one in (on_file, on_post, deep, answer, first)]
    assert ids(walk.ok("GET", f"{FOOTER}?sort=-created-date&body-format=storage")) == everything
    place = f"{FOOTER}/{first['id']}"
    assert ids(walk.ok("GET", f"{place}/children")) == [answer["id"]]
    in_v1 = walk.rest("GET", f"/content/{page}/child/comment?location=footer")["results"]
    assert [row["id"] for row in in_v1] == [first["id"]]

    edited = {"version": {"number": 2, "message": "why"}, "body": {"storage": {"value": "<p>Better</p>"}}}
    assert walk.ok("PUT", place, json=edited)["version"]["message"] == "why"
    assert walk.no("PUT", place, 409, json=edited).endswith("Current Version: [2]. Provided version: [2]")
    assert walk.ok("GET", f"{place}?body-format=storage")["body"]["storage"]["value"] == "<p>Better</p>"
    assert walk.ok("GET", f"{place}?body-format=storage&version=1")["body"]["storage"]["value"] == "<p>Well</p>"
    whole = walk.ok("GET", f"{place}?include-versions=true&include-likes=true&include-operations=true")
    assert len(whole["versions"]["results"]) == 2

    walk.ok("DELETE", f"{FOOTER}/{answer['id']}", 204)
    assert ids(walk.ok("GET", f"{place}/children")) == [deep["id"]]
    walk.site.hide(page)
    assert ids(walk.ok("GET", FOOTER)) == [on_post["id"], on_file["id"]]
    walk.site.unhide_all()
    walk.no("DELETE", f"{FOOTER}/{answer['id']}", 404)
    walk.no("GET", f"{FOOTER}/{page}", 404)
    walk.no("GET", f"{place}?version=9", 404)
    walk.no("GET", f"{FOOTER}/99/children", 404)
    walk.no("GET", f"{FOOTER}?sort=title", 400)
    for where in ("pages", "blogposts", "attachments"):
        walk.no("GET", f"{V2}/{where}/99/footer-comments", 404)
    text = {"representation": "storage", "value": ""}
    walk.no("POST", FOOTER, 400, json={"body": text})
    walk.no("POST", FOOTER, 400, json={"body": text, "pageId": page, "blogPostId": post})
    walk.no("POST", FOOTER, 400, json={"pageId": page})
    walk.no("POST", FOOTER, 404, json={"body": text, "pageId": "99"})


def walk_inline_comments(walk: Walk) -> None:
    """The chosen text is marked on the page and nothing else changes; a thread is resolved, reopened, and may dangle."""
    body = '<p>one two</p><p>one <strong>two</strong> &amp; three</p><p class="x">end</p>'
    page = new(walk, "Page", body)["id"]
    first = say(walk, INLINE, pageId=page, **chosen("one two", 2, 1))
    ref = first["properties"]["inlineMarkerRef"]
    assert (first["resolutionStatus"], first["properties"]["inlineOriginalSelection"]) == ("open", "one two")
    read = walk.ok("GET", f"{V2}/pages/{page}?body-format=storage")
    start, end = f'<ac:inline-comment-marker ac:ref="{ref}">', "</ac:inline-comment-marker>"
    assert read["version"]["number"] == 1
    assert read["body"]["storage"]["value"] == (
        f'<p>one two</p><p>{start}one {end}<strong>{start}two{end}</strong> &amp; three</p><p class="x">end</p>'
    )
    shown = walk.ok("GET", f"{V2}/pages/{page}?body-format=view")["body"]["view"]["value"]
    assert f'<strong><span class="inline-comment-marker" data-ref="{ref}">two</span></strong>' in shown
    second = say(walk, INLINE, pageId=page, **chosen("end"))
    answer = say(walk, INLINE, parentCommentId=first["id"])
    assert answer["properties"] == first["properties"]
    assert ids(walk.ok("GET", f"{INLINE}/{first['id']}/children")) == [answer["id"]]
    of_page = f"{V2}/pages/{page}/inline-comments"
    assert ids(walk.ok("GET", of_page)) == [first["id"], second["id"]]
    assert ids(walk.ok("GET", INLINE)) == [first["id"], second["id"], answer["id"]]
    assert walk.ok("GET", f"{V2}/pages/{page}/footer-comments")["results"] == []
    asked = f"/content/{page}/child/comment?location=inline&expand=extensions.inlineProperties,extensions.resolution"
    in_v1 = walk.rest("GET", asked)["results"][0]["extensions"]
    assert in_v1["inlineProperties"] == {"markerRef": ref, "originalSelection": "one two"}
    assert in_v1["resolution"] == {"status": "open"}

    place = f"{INLINE}/{first['id']}"
    walk.ok("POST", f"{V2}/comments/{first['id']}/properties", json={"key": "k", "value": 1})
    whole = walk.ok("GET", f"{place}?include-properties=true")["properties"]
    assert (whole["inlineMarkerRef"], [row["key"] for row in whole["results"]]) == (ref, ["k"])
    done = walk.ok("PUT", place, json={"version": {"number": 2}, "resolved": True})
    assert (done["resolutionStatus"], bool(done["resolutionLastModifierId"])) == ("resolved", True)
    assert ids(walk.ok("GET", f"{of_page}?resolution-status=resolved")) == [first["id"]]
    assert ids(walk.rest("GET", f"/content/{page}/child/comment?location=resolved")) == [first["id"]]
    again = walk.ok(
        "PUT", place, json={"resolved": False, "version": {"number": 2}, "body": {"storage": {"value": "x"}}}
    )
    assert (again["resolutionStatus"], again["version"]["number"]) == ("reopened", 2)
    assert ids(walk.ok("GET", f"{of_page}?resolution-status=open&resolution-status=reopened")) == [
        first["id"],
        second["id"],
    ]
    walk.ok("PUT", f"{V2}/pages/{page}", json=save({"id": page, "title": "Page"}, 2))
    assert ids(walk.ok("GET", f"{of_page}?resolution-status=dangling")) == [first["id"], second["id"]]
    assert walk.ok("GET", f"{INLINE}/{answer['id']}?body-format=storage")["resolutionStatus"] == "dangling"
    assert walk.no("PUT", place, 400, json={"version": {"number": 3}, "resolved": True}).startswith("A dangling")
    walk.ok("DELETE", place, 204)
    walk.no("GET", f"{INLINE}/{answer['id']}", 404)


def walk_inline_comments_beside_drafts(walk: Walk) -> None:
    """A comment on a text that somebody is just editing is still on it when the draft is published."""
    page = new(walk, "Page", "<p>kept and lost</p>")["id"]
    walk.site.save_draft(page, "admin", "Page", "<p>new, kept</p>")
    kept, lost = (say(walk, INLINE, pageId=page, **chosen(text)) for text in ("kept", "lost"))
    draft = walk.ok("GET", f"{V2}/pages/{page}?get-draft=true&body-format=storage")["body"]["storage"]["value"]
    walk.ok(
        "PUT", f"{V2}/pages/{page}", json=save({"id": page, "title": "Page"}, 2, body={"storage": {"value": draft}})
    )
    for one, status in ((kept, "open"), (lost, "dangling")):
        assert walk.ok("GET", f"{INLINE}/{one['id']}")["resolutionStatus"] == status
    walk.no("POST", INLINE, 400, json={"pageId": page, **chosen("kept")})


def walk_inline_refusals(walk: Walk) -> None:
    """A text that is not there, or not as often as it is said to be, is not marked; a post's text is like a page's."""
    value = (
        '<p>again and again</p><ac:structured-macro ac:name="code"><ac:parameter ac:name="title">hidden'
        "</ac:parameter><ac:plain-text-body><![CDATA[again]]></ac:plain-text-body></ac:structured-macro>"
    )
    post = new(walk, "Post", value, where="/blogposts")["id"]
    text = {"body": {"representation": "storage", "value": "x"}, "blogPostId": post}
    wrongs: tuple[dict[str, Any], ...] = (
        chosen("missing"),
        chosen("hidden"),
        chosen(" "),
        chosen("again"),
        chosen("again", 3, 2),
        chosen("again", 2, 2),
        chosen("again", 2, -1),
        {},
        {"inlineCommentProperties": []},
        {"inlineCommentProperties": {"textSelection": "again", "textSelectionMatchCount": 2}},
    )
    for wrong in wrongs:
        walk.no("POST", INLINE, 400, json={**text, **wrong})
    walk.no("POST", INLINE, 404, json={"body": text["body"], "pageId": post, **chosen("again", 2)})
    assert "inline-comment-marker" not in str(walk.ok("GET", f"{V2}/blogposts/{post}?body-format=storage"))
    one = say(walk, INLINE, blogPostId=post, **chosen("again", 2, 1))
    assert ids(walk.ok("GET", f"{V2}/blogposts/{post}/inline-comments")) == [one["id"]]
    answer = say(walk, INLINE, parentCommentId=one["id"])["id"]
    walk.no("PUT", f"{INLINE}/{answer}", 400, json={"version": {"number": 2}, "resolved": True})
    walk.no("PUT", f"{INLINE}/{one['id']}", 400, json={"version": {"number": 2}, "resolved": "yes"})
    walk.no("PUT", f"{INLINE}/{one['id']}", 400, json={"version": {"number": 2}})
    walk.no("POST", FOOTER, 404, json={"body": text["body"], "parentCommentId": one["id"]})
    walk.no("GET", f"{INLINE}/99", 404)
    walk.no("GET", f"{INLINE}/99/children", 404)
    walk.no("DELETE", f"{INLINE}/99", 404)
    walk.no("GET", f"{INLINE}?limit=0", 400)
    walk.no("GET", f"{V2}/pages/99/inline-comments", 404)
    walk.no("GET", f"{V2}/blogposts/{post}/inline-comments?resolution-status=other", 400)
