"""The published REST documents as a measure: which operation a request is, and whether its answer has the shape."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4
from werkzeug.test import TestResponse

from tests.corpus import CORPUS
from tests.sandbox.conftest import Rest

DOCUMENTS = CORPUS.parent / "openapi"
NULLS = ("parentId", "parentType")  # null on the real site at the top of a space, other than the document of v2 says
METHODS = ("get", "put", "post", "delete")
needs_documents = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="no REST documents beside the corpus")


class Operation(NamedTuple):
    """One operation. responses: status -> the schema of its JSON, None where it has none."""

    method: str
    path: str
    group: str
    pattern: re.Pattern[str]
    responses: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Document:
    """One REST document. prefix: what its paths begin with on the site."""

    def __init__(self, name: str, prefix: str = "") -> None:
        self.data = json.loads((DOCUMENTS / f"{name}.swagger.json").read_text(encoding="utf-8"))
        self.name = name
        self.registry: Registry[Any] = Registry().with_resource(name, Resource(self.data, DRAFT4))
        self.operations = [
            Operation(
                method.upper(), prefix + path, (one.get("tags") or ["?"])[0], _pattern(prefix + path), _schemas(one)
            )
            for path, operations in self.data["paths"].items()
            for method, one in operations.items()
            if method in METHODS
        ]
        self.operations.sort(key=lambda one: one.path.count("{"))  # what is spelled out comes before a parameter

    def operation(self, method: str, path: str) -> Operation | None:
        """Find the operation of a request, None when the document has none."""
        bare = urlsplit(path).path.rstrip("/").removeprefix("/wiki/rest" if "atlassian-connect" in path else "")
        return next((one for one in self.operations if one.method == method and one.pattern.fullmatch(bare)), None)

    def faults(self, operation: Operation, status: int, value: Any) -> list[str]:
        """Say in what an answer differs from the schema of its operation."""
        schema = operation.responses.get(str(status), operation.responses.get("default"))
        if schema is None:
            return []
        validator = OAS30Validator(_rooted(schema, self.name), registry=self.registry)
        return [
            f"{error.json_path}: {error.message[:200]}"
            for error in validator.iter_errors(value)
            if error.instance is not None or error.json_path.rpartition(".")[2] not in NULLS
        ]


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^}]*\}", path)
    return re.compile("[^/]+".join(map(re.escape, parts)))


def _schemas(operation: Mapping[str, Any]) -> dict[str, Any]:
    return {
        status: kind.get("schema")
        for status, one in operation["responses"].items()
        for name, kind in (one.get("content") or {}).items()
        if "json" in name
    }


def _rooted(schema: Any, name: str) -> Any:
    """Let references of a piece of a document point into the whole of it."""
    if isinstance(schema, dict):
        return {
            key: name + value if key == "$ref" and isinstance(value, str) else _rooted(value, name)
            for key, value in schema.items()
        }
    return [_rooted(one, name) for one in schema] if isinstance(schema, list) else schema


@cache
def document(name: str) -> Document:
    """Read a document once."""
    return {"v1": lambda: Document("v1-2023-03"), "v2": lambda: Document("v2-2026", "/wiki/api/v2")}[name]()


@dataclass
class Tally:
    """What was seen of each operation."""

    good: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    bad: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    invalid: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def missing(self, operations: Iterable[Operation]) -> list[str]:
        """Name the operations without a success or without a failure."""
        return [str(one) for one in operations if not self.good[str(one)] or not self.bad[str(one)]]

    def table(self, operations: Iterable[Operation]) -> str:
        """Give a line an operation: successes, failures, and whether all answers were valid."""
        rows = [
            f"{one.group:34.34} {one!s:110.110} {self.good[str(one)]:4} {self.bad[str(one)]:4} "
            f"{'no' if self.invalid[str(one)] else 'yes' if self.good[str(one)] else '-'}"
            for one in sorted(operations, key=lambda one: (one.group, one.path, one.method))
        ]
        return "\n".join([f"{'group':34} {'operation':110} {'good':>4} {'bad':>4} valid", *rows])


@dataclass
class Walk:
    """A client that holds each answer against a document.

    site: the handle on the site, for what REST cannot do. rest: a client with the rights of the ready user.
    """

    site: Any
    rest: Rest
    document: Document
    tally: Tally = field(default_factory=Tally)

    def ok(self, method: str, path: str, expect: int = 200, **more: Any) -> Any:
        """Send a request that succeeds with this status, and give its JSON, or its text."""
        answer = self._send(method, path, expect, **more)
        value = answer.json if answer.is_json else answer.get_data(as_text=True)
        found = self.document.operation(method, self._full(path))
        if found is not None:
            self.tally.good[str(found)] += 1
            if expect != 302:
                self.tally.invalid[str(found)] += self.document.faults(found, answer.status_code, value)
        return value

    def no(self, method: str, path: str, expect: int, **more: Any) -> str:
        """Send a request that is refused with this status, and give the message."""
        answer = self._send(method, path, expect, **more)
        assert answer.is_json, "a refusal is JSON"
        found = self.document.operation(method, self._full(path))
        if found is not None:
            self.tally.bad[str(found)] += 1
        return refusal(answer.json)

    def stranger(self, method: str, path: str, expect: int = 403, **more: Any) -> str:
        """Send a request with wrong credentials."""
        return self.no(method, path, expect, headers={"Authorization": "Bearer nobody"}, **more)

    def _full(self, path: str) -> str:
        return path if path.startswith("/wiki") else "/wiki/rest/api" + path

    def _send(self, method: str, path: str, expect: int, **more: Any) -> TestResponse:
        answer = self.rest.send(method, self._full(path), **more)
        assert answer.status_code == expect, f"{method} {path}: {answer.status} {answer.get_data(as_text=True)[:500]}"
        return answer


def refusal(value: Any) -> str:
    """Give the message of an error of either version; the envelope must be whole."""
    if "errors" in value:
        [first, *_] = value["errors"]
        assert first.keys() >= {"status", "code", "title", "detail"}, "an error of version 2 says what and why"
        return str(first["title"])
    assert isinstance(value["statusCode"], int), "an error of version 1 repeats its status"
    return str(value["message"])
