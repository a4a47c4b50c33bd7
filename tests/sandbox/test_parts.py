"""What hangs on a page: attachments, labels, properties, versions."""

import io
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import Client, encode_multipart

from confsync.sandbox import create_app

Rest = Any
NO_CHECK = {"X-Atlassian-Token": "no-check"}


def upload(
    rest: Rest,
    page: Any,
    *files: tuple[str, bytes],
    method: str = "POST",
    expect: int = 200,
    path: str = "",
    headers: dict[str, str] | None = None,
    **form: Any,
) -> Any:
    parts = {"file": [FileStorage(io.BytesIO(data), name) for name, data in files], **form}
    boundary, data = encode_multipart(parts)
    return rest(
        method,
        f"/content/{page['id']}/child/attachment{path}",
        expect,
        data=data,
        headers=NO_CHECK if headers is None else headers,
        content_type=f"multipart/form-data; boundary={boundary}",
    )


def test_files_are_attached_and_downloaded_byte_for_byte(rest: Rest) -> None:
    """Several files go in one request; each comes back as it was."""
    page = rest.page("Guide")
    data = bytes(range(256)) * 500
    rows = upload(rest, page, ("a b.png", data), ("ünï.txt", b"x"), comment="first")["results"]
    assert [row["title"] for row in rows] == ["a b.png", "ünï.txt"]
    assert rows[0]["id"].startswith("att")
    assert (rows[0]["extensions"]["mediaType"], rows[0]["extensions"]["fileSize"]) == ("image/png", len(data))
    answer = rest.send("GET", f"/wiki{rows[0]['_links']['download']}")
    assert answer.get_data() == data
    assert rest.send("GET", f"/wiki{rows[1]['_links']['download']}").get_data() == b"x"


def test_a_taken_name_is_refused_by_post_and_a_new_version_by_put(rest: Rest) -> None:
    """POST creates only; PUT and `data` keep the id and count the version up, old bytes stay to be had."""
    page = rest.page("Guide")
    first = upload(rest, page, ("f.png", b"1"))["results"][0]
    message = upload(rest, page, ("f.png", b"2"), expect=400)["message"]
    assert message == "Cannot add a new attachment with same file name as an existing attachment: f.png"
    second = upload(rest, page, ("f.png", b"2"), method="PUT")["results"][0]
    third = upload(rest, page, ("f.png", b"3"), path=f"/{first['id'].removeprefix('att')}/data")
    assert (second["id"], third["id"]) == (first["id"], first["id"])
    assert third["version"]["number"] == 3
    path = f"/content/{page['id']}/child/attachment/{first['id']}/download"
    assert rest("GET", path) == "3"
    assert rest("GET", f"{path}?version=1") == "1"
    assert rest("GET", f"/content/{page['id']}")["version"]["number"] == 1


def test_an_upload_without_the_xsrf_header_is_refused(rest: Rest) -> None:
    """A form that a foreign page could send does nothing."""
    page = rest.page("Guide")
    assert upload(rest, page, ("f.png", b"1"), headers={}, expect=403)["message"] == "XSRF check failed"


def test_a_comment_without_charset_is_read_as_latin_1(rest: Rest) -> None:
    """The real site garbles text parts that do not say that they are UTF-8; so does this one."""
    page = rest.page("Guide")
    garbled = upload(rest, page, ("a.txt", b"1"), comment="größe")["results"][0]
    assert garbled["extensions"]["comment"] == "größe".encode().decode("latin-1")
    body = (
        '--x\r\nContent-Disposition: form-data; name="comment"\r\n'
        "Content-Type: text/plain; charset=UTF-8\r\n\r\ngröße\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="b.txt"\r\n\r\n1\r\n--x--\r\n'
    ).encode()
    clean = rest(
        "POST",
        f"/content/{page['id']}/child/attachment",
        data=body,
        headers=NO_CHECK,
        content_type="multipart/form-data; boundary=x",
    )["results"][0]
    assert clean["extensions"]["comment"] == "größe"


def test_attachments_are_listed_by_name_and_type_and_described_anew(rest: Rest) -> None:
    """Filters are exact; a rename takes the current or the next version number."""
    page = rest.page("Guide")
    upload(rest, page, ("a.png", b"1"), ("b.txt", b"2"))
    assert rest("GET", f"/content/{page['id']}/child/attachment?filename=b.txt")["size"] == 1
    row = rest("GET", f"/content/{page['id']}/child/attachment?mediaType=image/png&expand=version,container")[
        "results"
    ][0]
    assert (row["title"], row["container"]["id"]) == ("a.png", page["id"])
    path = f"/content/{page['id']}/child/attachment/{row['id']}"
    sent = {
        "id": row["id"],
        "type": "attachment",
        "version": {"number": 1},
        "title": "c.png",
        "metadata": {"comment": "new"},
    }
    renamed = rest("PUT", path, json=sent)
    assert (renamed["title"], renamed["extensions"]["comment"], renamed["version"]["number"]) == ("c.png", "new", 2)
    rest("PUT", path, 409, json={**sent, "version": {"number": 7}})
    assert rest("GET", f"/wiki{renamed['_links']['download']}") == "1"


def test_attachments_are_deleted_to_the_trash(rest: Rest) -> None:
    """A deleted attachment is gone from the list and frees its name."""
    page = rest.page("Guide")
    row = upload(rest, page, ("a.png", b"1"))["results"][0]
    rest("DELETE", f"/content/{row['id']}", 204)
    assert rest("GET", f"/content/{page['id']}/child/attachment")["size"] == 0
    assert rest("GET", f"/content/{row['id']}?status=trashed")["status"] == "trashed"
    upload(rest, page, ("a.png", b"2"))
    rest("DELETE", f"/content/{row['id']}?status=trashed", 204)
    rest("GET", f"/content/{row['id']}?status=any", 404)


def test_bytes_lie_in_files_beside_the_data_file(rest: Rest, tmp_path: Path) -> None:
    """A site with a file keeps everything over a restart, and big attachments never enter the database."""
    app = create_app(data=tmp_path / "site.db")
    app.sandbox.create_space("DOC", "Handbook")
    rest.client = Client(app)
    page = rest.page("Guide", "<p>kept</p>")
    data = b"0123456789" * 300_000
    upload(rest, page, ("big.bin", data))
    app.sandbox.close()
    assert sum(path.stat().st_size for path in (tmp_path / "site.db.files").iterdir()) == len(data)
    rest.client = Client(again := create_app(data=tmp_path / "site.db"))
    assert rest.storage(page["id"]) == "<p>kept</p>"
    assert rest.send("GET", f"/wiki/download/attachments/{page['id']}/big.bin").get_data() == data
    again.sandbox.close()


def test_labels_are_lower_case_and_added_once(rest: Rest) -> None:
    """Labels come back as the site keeps them; a label with a slash is removed by the query."""
    path = f"/content/{rest.page('Guide')['id']}/label"
    rest("POST", path, json=[{"prefix": "global", "name": "One"}, {"prefix": "global", "name": "a/b"}])
    found = rest("POST", path, json={"name": "one"})
    assert [one["name"] for one in found["results"]] == ["a/b", "one"]
    assert found["results"][1].keys() == {"prefix", "name", "id", "label"}
    rest("POST", path, 400, json={"name": "two words"})
    rest("DELETE", f"{path}/a/b", 400)
    rest("DELETE", f"{path}?name=a/b", 204)
    rest("DELETE", f"{path}/one", 204)
    rest("DELETE", f"{path}/one", 404)
    assert rest("GET", path)["size"] == 0


@pytest.mark.parametrize("owner", ["content", "space"])
def test_properties_have_versions_of_their_own(rest: Rest, owner: str) -> None:
    """Create, read, update with the next version, delete; on pages and on spaces alike."""
    path = f"/content/{rest.page('Guide')['id']}/property" if owner == "content" else "/space/DOC/property"
    made = rest("POST", path, json={"key": "confsync", "value": {"version": 1}})
    assert made["version"]["number"] == 1
    rest("POST", path, 400, json={"key": "confsync", "value": 1})
    rest("PUT", f"{path}/confsync", 409, json={"value": 2, "version": {"number": 1}})
    rest("PUT", f"{path}/confsync", 400, json={"value": 2})
    saved = rest("PUT", f"{path}/confsync", json={"value": [2], "version": {"number": 2}})
    assert (saved["value"], saved["version"]["number"]) == ([2], 2)
    rest("PUT", f"{path}/other", json={"value": "new", "version": {"number": 1}})
    assert [one["key"] for one in rest("GET", path)["results"]] == ["confsync", "other"]
    rest("PUT", f"{path}/other", 413, json={"value": "x" * 40000, "version": {"number": 2}})
    rest("DELETE", f"{path}/other", 204)
    rest("GET", f"{path}/other", 404)


def test_a_property_does_not_touch_the_version_of_its_page(rest: Rest) -> None:
    """Writing a property after a save must not look like an edit."""
    page = rest.page("Guide")
    rest("POST", f"/content/{page['id']}/property", json={"key": "k", "value": 1})
    assert rest("GET", f"/content/{page['id']}")["version"]["number"] == 1


def test_old_versions_keep_their_bodies_and_titles(rest: Rest) -> None:
    """Every version can be read whole, by either way of asking."""
    page = rest.page("One", "<p>1</p>")
    rest.save(page, 2, title="Two", body="<p>2</p>")
    listed = rest("GET", f"/content/{page['id']}/version?expand=content.body.storage")["results"]
    assert [one["content"]["body"]["storage"]["value"] for one in listed] == ["<p>2</p>", "<p>1</p>"]
    old = rest("GET", f"/content/{page['id']}?status=historical&version=1&expand=body.storage,version")
    assert (old["title"], old["status"], old["body"]["storage"]["value"]) == ("One", "historical", "<p>1</p>")
    one = rest("GET", f"/content/{page['id']}/version/1?expand=content.body.storage")
    assert one["content"]["body"]["storage"]["value"] == "<p>1</p>"
    history = rest("GET", f"/content/{page['id']}/history")
    assert (history["lastUpdated"]["number"], history["previousVersion"]["number"]) == (2, 1)


def test_an_old_version_becomes_current_as_a_new_one(rest: Rest) -> None:
    """Restoring appends; deleting an old version renumbers the rest."""
    page = rest.page("One", "<p>1</p>")
    rest.save(page, 2, title="Two", body="<p>2</p>")
    sent = {"operationKey": "restore", "params": {"versionNumber": 1, "message": "back"}}
    assert rest("POST", f"/content/{page['id']}/version", json=sent)["number"] == 3
    assert rest.storage(page["id"]) == "<p>1</p>"
    assert rest("GET", f"/content/{page['id']}")["title"] == "Two"
    rest("POST", f"/content/{page['id']}/version", 400, json={**sent, "params": {"versionNumber": 3}})
    rest("DELETE", f"/content/{page['id']}/version/2", 204)
    rest("DELETE", f"/content/{page['id']}/version/2", 400)
    assert [one["number"] for one in rest("GET", f"/content/{page['id']}/version")["results"]] == [2, 1]


def test_the_site_says_who_and_where_it_is(rest: Rest) -> None:
    """Users, groups and system information are there for clients that ask."""
    me = rest("GET", "/user/current")
    assert rest("GET", f"/user?accountId={me['accountId']}")["displayName"] == "Admin"
    rest("GET", "/user?accountId=nobody", 404)
    assert rest("GET", "/settings/systemInfo")["defaultTimeZone"] == "UTC"
    assert rest("GET", "/group/confluence-users/member")["size"] == 1
    assert rest.client.get("/_edge/tenant_info").json["cloudId"] == rest("GET", "/settings/systemInfo")["cloudId"]
