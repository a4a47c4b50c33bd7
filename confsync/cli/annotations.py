"""Findings in the form in which the servers of merge requests show them beside the lines."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator

from .judge import Finding

FORMATS = ("text", "github", "gitlab")
_LEVELS = {"error": "error", "warning": "warning"}
_SEVERITIES = {"error": "major", "warning": "minor"}


def lines(findings: Iterable[Finding], form: str) -> Iterator[str]:
    """Write findings as lines for people, as GitHub's workflow commands, or as GitLab's code quality report."""
    if form == "github":
        yield from map(_github, findings)
    elif form == "gitlab":
        yield json.dumps([_gitlab(one) for one in findings], ensure_ascii=False, indent=2)
    else:
        yield from map(str, findings)


def _github(one: Finding) -> str:
    where = {"file": one.file, "line": one.line, "col": one.column, "title": f"confsync {one.rule}"}
    named = ",".join(f"{name}={_property(str(value))}" for name, value in where.items())
    return f"::{_LEVELS.get(one.level, 'notice')} {named}::{_data(one.message)}"


def _data(text: str) -> str:
    """Escape the text of a command, as the runner reads it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _gitlab(one: Finding) -> dict[str, object]:
    same = "\0".join((one.file, one.rule, one.message))  # a line that has moved is the same finding
    return {
        "description": one.message,
        "check_name": one.rule,
        "fingerprint": hashlib.sha256(same.encode("utf-8", "surrogatepass")).hexdigest()[:40],
        "severity": _SEVERITIES.get(one.level, "info"),
        "location": {"path": one.file, "lines": {"begin": one.line}},
    }
