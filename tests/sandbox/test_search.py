"""The query language, through the two addresses that take it."""

from typing import Any

import pytest

from confsync.sandbox import Sandbox

Rest = Any


@pytest.fixture
def library(rest: Rest, clock: Any) -> dict[str, Any]:
    clock.forward(hours=1)
    guide = rest.page("Guide", "<p>How to brew coffee</p>")
    clock.forward(hours=1)
    tea = rest.page("Tea time", "<p>How to brew tea</p>", parent=guide["id"])
    clock.forward(hours=1)
    post = rest.page("News", "<p>50% off</p>", type="blogpost")
    rest("POST", f"/content/{tea['id']}/label", json={"name": "drink"})
    return {"Guide": guide, "Tea time": tea, "News": post}


def found(rest: Rest, cql: str) -> list[str]:
    rows = rest("GET", "/content/search", query_string={"cql": cql})["results"]
    return [row["title"] for row in rows]


@pytest.mark.parametrize(
    ("cql", "titles"),
    [
        ("type = page and space = doc", ["Handbook", "Guide", "Tea time"]),
        ("type in (page, blogpost) and title != handbook order by title desc", ["Tea time", "News", "Guide"]),
        ("type not in (page)", ["News"]),
        ("not type = page", ["News"]),
        ('title = "TEA TIME"', ["Tea time"]),
        ('title ~ "ti*"', ["Tea time"]),
        ('text ~ "brew how"', ["Guide", "Tea time"]),
        ("text ~ '\"brew tea\"'", ["Tea time"]),
        ('text ~ "50%"', ["News"]),
        ("label = drink", ["Tea time"]),
        ("label in ('drink', other) or type = blogpost", ["Tea time", "News"]),
        ("(title = Guide or title = News) and type = page", ["Guide"]),
        ("parent = {Guide} or id = {Guide}", ["Guide", "Tea time"]),
        ("ancestor = {Guide}", ["Tea time"]),
        ("id in ({Guide}, {News})", ["Guide", "News"]),
        ('lastmodified >= "2026-01-31 14:00" order by lastmodified', ["Tea time", "News"]),
        ('lastmodified > "2026/01/31 14:00"', ["News"]),
        ("created < 2026-01-31", []),
        ('created >= now("-90m") ORDER BY created desc', ["News", "Tea time"]),
        ("lastmodified >= startOfDay() and lastmodified < endOfDay() and title = guide", ["Guide"]),
        ("creator = currentUser() and contributor = admin and type = blogpost", ["News"]),
        ("space = NOWHERE", []),
        (r'title = "a\"b" or title = News', ["News"]),
    ],
)
def test_queries_find_what_they_say(rest: Rest, library: dict[str, Any], cql: str, titles: list[str]) -> None:
    """Fields, operators, functions and order mean what the reference says."""
    for title, page in library.items():
        cql = cql.replace(f"{{{title}}}", page["id"])
    assert found(rest, cql) == titles


@pytest.mark.parametrize(
    ("cql", "words"),
    [
        ("type =", "BadRequestException: Could not parse cql : type ="),
        ("", "Could not parse cql : "),
        ("status = current", "No field exists with the name: 'status' Did you mean one of : "),
        (
            "type = bogustype",
            "Unsupported value for type, got : bogustype, expected one of :[space, user, page, blogpost",
        ),
        ('title = ""', "Title must not be empty"),
        ("lastmodified > yesterday", "Could not parse date: 'yesterday'"),
    ],
)
def test_a_bad_query_is_refused_in_the_words_of_the_real_site(rest: Rest, cql: str, words: str) -> None:
    """What is wrong with a query is said."""
    assert words in rest("GET", "/content/search", 400, query_string={"cql": cql})["message"]


def test_times_have_the_resolution_of_a_minute(rest: Rest, clock: Any) -> None:
    """A change within the minute asked for is not after it, so pollers must overlap."""
    rest.page("Now")
    moment = clock.now.strftime("%Y-%m-%d %H:%M")
    assert "Now" in found(rest, f'lastmodified >= "{moment}"')
    assert "Now" not in found(rest, f'lastmodified > "{moment}"')


def test_pages_in_the_trash_or_the_archive_are_never_found(rest: Rest) -> None:
    """Deletions do not show in search, they are only missing there."""
    gone, old = rest.page("Gone"), rest.page("Old")
    rest("DELETE", f"/content/{gone['id']}", 204)
    rest("POST", "/content/archive", 202, json={"pages": [{"id": int(old["id"])}]})
    assert found(rest, "type = page") == ["Handbook"]


def test_search_pages_by_cursor_only(rest: Rest) -> None:
    """`start` is ignored; `next` leads through all results and then is absent."""
    for number in range(7):
        rest.page(f"Page {number}")
    query = {"cql": "type = page and title ~ Page", "limit": "3", "start": "5"}
    answer = rest("GET", "/content/search", query_string=query)
    seen = [row["title"] for row in answer["results"]]
    assert seen == ["Page 0", "Page 1", "Page 2"]
    while following := answer["_links"].get("next"):
        answer = rest("GET", f"/wiki{following}")
        seen += [row["title"] for row in answer["results"]]
    assert seen == [f"Page {number}" for number in range(7)]
    rest("GET", "/content/search?cql=type=page&cursor=nonsense", 400)


def test_search_rows_wrap_the_content(rest: Rest, library: dict[str, Any]) -> None:
    """The site-wide search answers with results around the content, and an estimate of their number."""
    answer = rest("GET", "/search", query_string={"cql": "title = 'Tea time'", "expand": "content.version"})
    row = answer["results"][0]
    assert (answer["totalSize"], row["entityType"], row["content"]["version"]["number"]) == (1, "content", 1)
    assert row["url"] == row["content"]["_links"]["webui"]


def test_the_index_can_lag_behind(rest: Rest, sandbox: Sandbox, clock: Any) -> None:
    """With a lag, search shows yesterday's news while a plain read is already right."""
    page = rest.page("Guide")
    clock.forward(minutes=10)
    sandbox.set_index_lag(30)
    rest.save(page, 2, body="<p>new</p>")
    late = rest.page("Late")
    since = f"{clock.now:%Y-%m-%d %H:%M}"
    assert found(rest, f'lastmodified >= "{since}"') == []
    assert rest("GET", f"/content/{late['id']}")["title"] == "Late"
    clock.forward(minutes=1)
    assert found(rest, f'lastmodified >= "{since}"') == ["Guide", "Late"]
