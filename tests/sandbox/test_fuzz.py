"""A fuzzer that knows nothing but the published documents: whatever it sends, the site does not fail."""

from __future__ import annotations

import base64
import os
import random
from dataclasses import dataclass, field
from functools import cache, reduce
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from werkzeug.test import Client

from confsync.sandbox import create_app
from tests.sandbox.conftest import Rest
from tests.sandbox.contract import document, needs_documents
from tests.sandbox.test_operations import sample

pytestmark = needs_documents
EXAMPLES = int(os.environ.get("CONFSYNC_FUZZ", "3"))
SHARDS = 4
HEADERS = {"Authorization": "Basic " + base64.b64encode(b"admin:admin").decode(), "X-Atlassian-Token": "no-check"}
ODD: tuple[Any, ...] = (None, 1, -1, "x", True, [], {}, [1], ["x"], {"id": 1}, [{"id": None}], 10**30)
NO_VALUES = {"PUT /wiki/api/v2/pages/{id}", "PUT /wiki/api/v2/blogposts/{id}"}  # the generator finds no body for them
FAILS_THERE_TOO = "/wiki/rest/api/content/archive"  # an unknown id is answered with 500 by Confluence itself


@cache
def operations() -> list[tuple[str, str, tuple[str, ...], Any]]:
    """Give method, path, what a body may have, and the strategy of every operation that the site serves."""
    routes = create_app().url_map.bind("localhost")
    found = []
    for version, prefix in (("v1", "/wiki/rest"), ("v2", "/wiki/api/v2")):
        for one in schemathesis.openapi.from_dict(document(version).data).get_all_operations():
            operation = one.ok()
            inside = operation.path.startswith("/wiki")
            path, method = ("" if inside else prefix) + operation.path, operation.method.upper()
            if routes.test(sample(path), method) and path != FAILS_THERE_TOO:
                data = document(version).data
                sent = data["paths"][operation.path][operation.method].get("requestBody", {})
                schemas = [one.get("schema", {}) for one in sent.get("content", {}).values()]
                names = sorted({name for schema in schemas for name in properties(data, schema)})
                found.append((method, path, tuple(names), operation.as_strategy()))
    return found


def properties(data: Any, schema: Any) -> set[str]:
    """Give the names that an object of a schema may have at its top."""
    while "$ref" in schema:
        schema = reduce(lambda at, name: at[name], schema["$ref"].removeprefix("#/").split("/"), data)
    parts = [one for word in ("oneOf", "anyOf", "allOf") for one in schema.get(word, ())]
    return set(schema.get("properties", ())).union(*(properties(data, one) for one in parts))


@dataclass
class Fuzzer:
    """Send cases to one site, and keep what it could not answer."""

    client: Client
    page: str
    chance: random.Random
    count: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    unasked: list[str] = field(default_factory=list)

    def send(self, method: str, path: str, names: tuple[str, ...], case: Any) -> None:
        """Send one case; every other time the ids are those of a page, and one value of the body is an odd one."""
        self.count += 1
        close = self.count % 2 == 0
        address = path
        for name, value in (case.path_parameters or {}).items():
            known = self.page if close and "id" in name.lower() else str(value)
            address = address.replace(f"{{{name}}}", known.replace("/", "%2F").replace("?", "%3F") or "%20")
        body = {"json": self.odd(case.body, names) if close else case.body} if isinstance(case.body, dict | list) else {}
        with self.client.open(address, method=method, headers=HEADERS, query_string=case.query or {}, **body) as answer:
            if answer.status_code >= 500 and answer.status_code != 501:
                self.failed[f"{method} {path}"] = f"{address} {case.query} {body} {answer.get_data(as_text=True)[:200]}"

    def odd(self, body: Any, names: tuple[str, ...] = ()) -> Any:
        """Give a body with another value in one place. names: what it may have."""
        if isinstance(body, dict) and (body or names) and self.chance.random() < 0.9:
            key = self.chance.choice(sorted({*body, *names}))
            return {**body, key: self.odd(body.get(key))}
        if isinstance(body, list) and body and self.chance.random() < 0.9:
            return [self.odd(body[0]), *body[1:]]
        return self.chance.choice(ODD)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_fuzzer_finds_no_failure_of_the_site(shard: int) -> None:
    """Parameters and bodies as the documents describe them, and others: never a 5xx. Prints the count."""
    app = create_app()
    app.sandbox.create_space("DOC", "Handbook")
    client = Client(app)
    fuzzer = Fuzzer(client, Rest(client).page("Page", "<p>text</p>")["id"], random.Random(shard))

    def run(method: str, path: str, names: tuple[str, ...], strategy: Any) -> None:
        health = list(HealthCheck)
        phases = [Phase.generate]

        @seed(shard)
        @settings(max_examples=EXAMPLES, database=None, deadline=None, phases=phases, suppress_health_check=health)
        @given(strategy)
        def once(case: Any) -> None:
            fuzzer.send(method, path, names, case)

        try:
            once()
        except Unsatisfiable:
            fuzzer.unasked.append(f"{method} {path}")

    for one in operations()[shard::SHARDS]:
        run(*one)
    print(f"shard {shard}: {fuzzer.count} requests, none to: {', '.join(fuzzer.unasked) or '-'}")  # noqa: T201
    assert set(fuzzer.unasked) <= NO_VALUES, "every other operation is asked"
    assert fuzzer.failed == {}
