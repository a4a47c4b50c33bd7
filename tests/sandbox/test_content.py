"""Pages: created, read, saved, found, thrown away and restored, with the answers of the real site."""

import base64
from typing import Any

import pytest

Rest = Any


def test_a_created_page_comes_back_with_its_body_and_version(rest: Rest) -> None:
    """What was written can be read, and the answer to the write already says it."""
    made = rest.page("Guide", "<p>Hello</p>")
    assert made["version"]["number"] == 1
    assert made["body"]["storage"]["value"] == "<p>Hello</p>"
    read = rest("GET", f"/content/{made['id']}?expand=body.storage,version,space,ancestors")
    assert read["title"] == "Guide"
    assert read["space"]["key"] == "DOC"
    assert read["ancestors"] == []


def test_links_follow_the_address_the_client_used(rest: Rest) -> None:
    """`_links.base` is the host the client asked, so a port or another name never leads astray."""
    page = rest.page("Getting started")
    found = rest("GET", f"/content/{page['id']}", headers={"Host": "docs.example:8090"})["_links"]
    assert found["base"] == "http://docs.example:8090/wiki"
    assert found["webui"] == f"/spaces/DOC/pages/{page['id']}/Getting+started"
    assert found["self"] == f"http://docs.example:8090/wiki/rest/api/content/{page['id']}"


def test_parts_that_were_not_asked_for_are_named_as_expandable(rest: Rest) -> None:
    """A client can see what else there is to ask for."""
    page = rest.page("Guide")
    read = rest("GET", f"/content/{page['id']}?expand=version")
    assert "body" not in read
    assert read["_expandable"]["children"] == f"/rest/api/content/{page['id']}/child"
    assert read["_expandable"]["space"] == "/rest/api/space/DOC"
    assert "version" not in read["_expandable"]


def test_the_api_is_served_without_the_context_too_and_with_a_trailing_slash(rest: Rest) -> None:
    """Clients that drop `/wiki` or add a slash are served."""
    page = rest.page("Guide")
    for path in (f"/rest/api/content/{page['id']}", f"/rest/api/content/{page['id']}/"):
        answer = rest.client.get(path, headers={"Authorization": rest.auth})
        assert answer.status_code == 200
        assert answer.json["_links"]["base"] == "http://localhost"


@pytest.mark.parametrize("number", [1, 3, 7])
def test_a_save_must_bring_the_next_version(rest: Rest, number: int) -> None:
    """The version is the only lock: anything but current plus one is refused and changes nothing."""
    page = rest.page("Guide", "<p>one</p>")
    answer = rest.save(page, number, 409, body="<p>two</p>")
    assert answer["message"].endswith("ConflictException: Version must be incremented on update. Current version is: 1")
    assert answer["data"] == {"authorized": False, "valid": True, "errors": [], "successful": False}
    assert rest.storage(page["id"]) == "<p>one</p>"


def test_a_save_without_a_version_is_a_bad_request(rest: Rest) -> None:
    """A forgotten version is said in words."""
    page = rest.page("Guide")
    answer = rest("PUT", f"/content/{page['id']}", 400, json={"type": "page", "title": "Guide"})
    assert "Must supply an incremented version" in answer["message"]


def test_a_save_that_changes_nothing_makes_no_version(rest: Rest) -> None:
    """The number comes back as it was, so nobody may count on plus one."""
    page = rest.page("Guide", "<p>same<br/></p>")
    saved = rest.save(page, 2, body="<p>same<br/></p>", metadata={})
    assert saved["version"]["number"] == 1


def test_a_save_without_a_body_keeps_the_body(rest: Rest) -> None:
    """A new title alone is a new version of the same text."""
    page = rest.page("Guide", "<p>text</p>")
    saved = rest.save(page, 2, title="Manual")
    assert (saved["title"], saved["version"]["number"]) == ("Manual", 2)
    assert rest.storage(page["id"]) == "<p>text</p>"


def test_the_message_and_minor_edit_of_a_version_are_kept(rest: Rest) -> None:
    """The message is how a writer finds out that a lost answer was a success."""
    page = rest.page("Guide")
    sent = {
        "type": "page",
        "title": "Guide",
        "version": {"number": 2, "message": "typo [confsync 1]", "minorEdit": True},
        "body": {"storage": {"value": "<p>new</p>", "representation": "storage"}},
    }
    rest("PUT", f"/content/{page['id']}", json=sent)
    version = rest("GET", f"/content/{page['id']}/version/2")
    assert (version["message"], version["minorEdit"]) == ("typo [confsync 1]", True)


@pytest.mark.parametrize(
    ("body", "words", "place"),
    [
        ("<p>one</b>", "Unexpected close tag </b>; expected </p>.", "[1,"),
        ("<p>one", "Unexpected close tag </xml>; expected </p>.", "[1,"),
        ("<p>\n&bogus;</p>", 'Undeclared general entity "bogus"', "[2,1]"),
        ("a & b", "", "[1,"),
    ],
)
def test_malformed_storage_is_refused_with_its_place(rest: Rest, body: str, words: str, place: str) -> None:
    """Bad XHTML is rejected whole, with row and column, and the page stays as it was."""
    page = rest.page("Guide", "<p>before</p>")
    message = rest.save(page, 2, 400, body=body)["message"]
    assert message.startswith(
        "com.atlassian.confluence.api.service.exceptions.BadRequestException: Error parsing xhtml: "
    )
    assert words in message
    assert place in message
    assert rest.storage(page["id"]) == "<p>before</p>"


def test_every_html_entity_is_understood_and_plain_text_is_a_body(rest: Rest) -> None:
    """HTML 4's names are known, and a body needs no tags."""
    assert rest.storage(rest.page("One", "<p>&nbsp;&hearts;&eacute;</p>")["id"]) == "<p>&nbsp;&hearts;&eacute;</p>"
    assert rest.storage(rest.page("Two", "just words")["id"]) == "just words"


def test_a_body_above_five_megabytes_is_too_large(rest: Rest) -> None:
    """The limit of the real site holds here too."""
    sent = {"type": "page", "title": "Big", "space": {"key": "DOC"}, "body": {"storage": {"value": "x" * 5242881}}}
    rest("POST", "/content", 413, json=sent)


def test_titles_are_unique_in_a_space_without_case(rest: Rest) -> None:
    """A taken title is refused on create and on rename, also by an archived page, and not by a blog post."""
    first, second = rest.page("Guide"), rest.page("Other")
    taken = "A page with this title already exists"
    sent = {"type": "page", "title": "gUIDE", "space": {"key": "DOC"}, "body": {"storage": {"value": ""}}}
    assert taken in rest("POST", "/content", 400, json=sent)["message"]
    assert taken in rest.save(second, 2, 400, title="GUIDE")["message"]
    rest("POST", "/content/archive", 202, json={"pages": [{"id": int(first["id"])}]})
    assert taken in rest("POST", "/content", 400, json=sent)["message"]
    rest("POST", "/content", json={**sent, "type": "blogpost"})


def test_a_title_has_at_most_255_characters(rest: Rest) -> None:
    """Too long and empty titles are refused."""
    rest.page("x" * 255)
    for title in ("x" * 256, " "):
        sent = {"type": "page", "title": title, "space": {"key": "DOC"}, "body": {"storage": {"value": ""}}}
        rest("POST", "/content", 400, json=sent)


def test_a_page_is_found_by_its_title_without_case(rest: Rest) -> None:
    """Looking for a title gives one result or none."""
    page = rest.page("Guide & more")
    found = rest("GET", "/content", query_string={"spaceKey": "DOC", "title": "guide & MORE", "type": "page"})
    assert [row["id"] for row in found["results"]] == [page["id"]]
    assert rest("GET", "/content?spaceKey=DOC&title=nothing")["size"] == 0
    assert rest("GET", "/content?spaceKey=NONE", 404)["message"] == "No space with key : NONE"


def test_expand_may_be_given_again_and_again(rest: Rest) -> None:
    """A client that names each part in a parameter of its own gets them all, also on the pages that follow."""
    for title in ("One", "Two"):
        rest.page(title)
    first = rest("GET", "/content?spaceKey=DOC&limit=1&expand=version&expand=body.storage")
    second = rest("GET", f"/wiki{first['_links']['next']}")
    for [row] in (first["results"], second["results"]):
        assert (row["version"]["number"], "value" in row["body"]["storage"]) == (1, True)


def test_lists_shrink_with_what_is_expanded(rest: Rest) -> None:
    """The reduced limit is echoed, `size` is the number of rows, and `next` leads on until the end."""
    for number in range(60):
        rest.page(f"Page {number}")
    assert rest("GET", "/content?spaceKey=DOC&limit=5000")["limit"] == 1000
    assert rest("GET", "/content?spaceKey=DOC&limit=5000&expand=version")["limit"] == 200
    first = rest("GET", "/content?spaceKey=DOC&limit=5000&expand=body.storage,version")
    assert (first["limit"], first["size"], len(first["results"])) == (50, 50, 50)
    second = rest("GET", f"/wiki{first['_links']['next']}")
    assert second["size"] == 11
    assert "next" not in second["_links"]
    assert rest("GET", "/content?spaceKey=DOC")["limit"] == 25


def test_a_deleted_page_is_hidden_until_it_is_restored_or_purged(rest: Rest) -> None:
    """Trash looks like nothing to a plain read, gives everything back on restore, and is gone after a purge."""
    page = rest.page("Guide", "<p>precious</p>")
    rest("DELETE", f"/content/{page['id']}", 204)
    assert "No content found with id: ContentId{id=" in rest("GET", f"/content/{page['id']}", 404)["message"]
    assert rest("GET", f"/content/{page['id']}?status=trashed")["status"] == "trashed"
    assert rest("GET", f"/content/{page['id']}?status=any")["status"] == "trashed"
    back = rest.save(page, 2, status="current")
    assert (back["status"], back["version"]["number"]) == ("current", 2)
    assert rest.storage(page["id"]) == "<p>precious</p>"
    rest("DELETE", f"/content/{page['id']}", 204)
    rest("DELETE", f"/content/{page['id']}?status=trashed", 204)
    rest("GET", f"/content/{page['id']}?status=any", 404)


def test_a_draft_is_published_as_version_one(rest: Rest) -> None:
    """Drafts are no pages yet: hidden, not saved over, and published whole."""
    draft = rest.page("Idea", "<p>a</p>", status="draft")
    rest("GET", f"/content/{draft['id']}", 404)
    rest.save(draft, 2, 409, status="draft", body="<p>b</p>")
    page = rest.save(draft, 1, status="current", body="<p>c</p>")
    assert (page["status"], page["version"]["number"]) == ("current", 1)


def test_properties_and_labels_can_come_with_a_write(rest: Rest) -> None:
    """One request makes a page with what belongs to it; labels of an update replace the old ones."""
    page = rest.page(
        "Guide", metadata={"properties": {"confsync": {"value": {"path": "guide.md"}}}, "labels": [{"name": "Old"}]}
    )
    path = f"/content/{page['id']}?expand=metadata.labels,metadata.properties.confsync"
    metadata = rest("GET", path)["metadata"]
    assert metadata["properties"]["confsync"]["value"] == {"path": "guide.md"}
    assert [one["name"] for one in metadata["labels"]["results"]] == ["old"]
    rest.save(page, 2, body="<p>2</p>", metadata={"labels": [{"prefix": "global", "name": "new"}]})
    assert [one["name"] for one in rest("GET", path)["metadata"]["labels"]["results"]] == ["new"]


def test_a_rename_rewrites_the_links_of_other_pages_without_a_version(rest: Rest) -> None:
    """Links by title stay whole when their page gets another title; nothing else on those pages changes."""
    target = rest.page('Old "name" & co')
    link = '<ac:link><ri:page ri:content-title="Old &quot;name&quot; &amp; co" ri:version-at-save="1" /></ac:link>'
    page_tag = '<ri:page ri:content-title="Old &quot;name&quot; &amp; co" />'
    code = f"<ac:plain-text-body><![CDATA[{page_tag}]]></ac:plain-text-body>"
    other = rest.page("Other", f"<p>{link}</p>{code}")
    rest.save(target, 2, title="New > name")
    assert rest.storage(other["id"]) == f"<p>{link}</p>{code}".replace("Old &quot;name&quot; &amp; co", "New > name", 1)
    assert rest("GET", f"/content/{other['id']}")["version"]["number"] == 1


def test_comments_hang_on_a_page(rest: Rest) -> None:
    """A comment is content with a container; an answer to it shows with `depth=all` only."""
    page = rest.page("Guide")
    sent: dict[str, Any] = {
        "type": "comment",
        "container": {"id": page["id"], "type": "page"},
        "body": {"storage": {"value": "<p>Nice</p>", "representation": "storage"}},
    }
    first = rest("POST", "/content", json=sent)
    rest("POST", "/content", json={**sent, "ancestors": [{"id": first["id"]}]})
    assert rest("GET", f"/content/{page['id']}/child/comment")["size"] == 1
    assert rest("GET", f"/content/{page['id']}/child/comment?depth=all&expand=body.storage")["size"] == 2
    assert rest("GET", f"/content/{page['id']}/child/comment?location=inline")["size"] == 0


@pytest.mark.parametrize(
    "header", ["", "Basic !!!", "Bearer wrong", "Basic " + base64.b64encode(b"admin:wrong").decode()]
)
def test_wrong_or_missing_credentials_are_refused(rest: Rest, header: str) -> None:
    """Nobody gets in without a known name and password or a token."""
    rest.auth = header
    assert "caller cannot access Confluence" in rest("GET", "/user/current", 403)["message"]
    assert rest("GET", "/content", 403)["message"] == "Current user not permitted to use Confluence"


def test_a_token_is_as_good_as_a_password(rest: Rest) -> None:
    """The ready user's token works as a bearer token."""
    rest.auth = "Bearer admin"
    assert rest("GET", "/user/current")["displayName"] == "Admin"


def test_an_unknown_address_is_answered_with_a_page_of_html(rest: Rest) -> None:
    """Only known routes speak JSON."""
    answer = rest.send("GET", "/nothing/here")
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


def test_a_colleague_can_save_in_the_cloud_editor(rest: Rest, sandbox: Any) -> None:
    """A save in the editor is a version whose body was rebuilt, by ids at least; a second one finds nothing to add."""
    page = rest.page("Guide", "<p>text</p>")
    sandbox.editor_save(page["id"])
    assert rest.storage(page["id"]).startswith('<p local-id="')
    sandbox.editor_save(page["id"])
    assert rest("GET", f"/content/{page['id']}")["version"]["number"] == 2
