"""Scopes in words, as the consent page shows them, and the page itself."""

from __future__ import annotations

from typing import Final

from . import operations

OFFLINE = "offline_access"
VERBS: Final = {
    "read": "See", "readonly": "Download", "write": "Create and change", "delete": "Delete", "search": "Search",
    "manage": "Manage",
}  # fmt: skip
THINGS: Final = {
    "analytics.content": "how often content was read",
    "app-data": "data of the app itself",
    "audit-log": "the audit log",
    "blogpost": "blog posts",
    "confluence-configuration": "the settings of the site",
    "confluence-content": "content",
    "confluence-content.all": "content with its text",
    "confluence-content.permission": "who may do what with content",
    "confluence-content.summary": "titles and summaries of content",
    "confluence-file": "attachments",
    "confluence-groups": "groups of users",
    "confluence-props": "properties of content and spaces",
    "confluence-space": "spaces",
    "confluence-space.summary": "summaries of spaces",
    "confluence-user": "users",
    "configuration": "the settings of the site",
    "content": "content",
    "content-details": "content in detail",
    "content.attachment": "attachments",
    "content.metadata": "summaries of content",
    "custom-content": "custom content",
    "email-address": "e-mail addresses of users",
    "hierarchical-content": "what lies below what",
    "inlinetask": "tasks",
    "space-details": "spaces in detail",
}
OWN: Final = {
    OFFLINE: "Stay connected while you are away",
    "read:me": "See who you are",
    "read:account": "See your account",
    "read:confluence-content": "See content",
    "search:confluence": "Search the site",
    "write:blogpost:confluence": "Create and change blog posts",
    "delete:blogpost:confluence": "Delete blog posts",
}
PAGE: Final = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Authorize {{ name }} · Sandbox</title>
<style>body { font: 16px/1.5 sans-serif; max-width: 34em; margin: 3em auto; padding: 0 1em }
button { font: inherit; padding: .4em 1.2em; margin-right: 1em }</style></head>
<body><main>
<h1>{{ name }} wants to use this site</h1>
<p>As <strong>{{ who }}</strong>, it could do what you may do, and of that only this:</p>
<ul>{% for scope, words in scopes %}
  <li>{{ words }} <small>({{ scope }})</small></li>{% endfor %}
</ul>
<p>Afterwards you return to {{ target }}.</p>
<form method="post" action="{{ action }}">
{% for key, value in fields.items() %}<input type="hidden" name="{{ key }}" value="{{ value }}">
{% endfor %}<button name="decision" value="accept">Accept</button>
<button name="decision" value="deny">Deny</button>
</form></main></body></html>
"""
PROBLEM: Final = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>That did not work · Sandbox</title></head>
<body><h1>That did not work</h1><p>{{ reason }}</p></body></html>
"""


def known(scope: str) -> bool:
    """Return whether an app may ask for a scope."""
    return scope in OWN or scope in operations.scopes()


def words(scope: str) -> str:
    """Return a scope as a person reads it."""
    if scope in OWN:
        return OWN[scope]
    verb, _, thing = scope.removesuffix(":confluence").partition(":")
    plain = thing.replace(".", " ").replace("-", " ")
    many = plain.removesuffix("y") + "ies" if plain.endswith("y") else plain + "s"
    return f"{VERBS.get(verb, verb)} {THINGS.get(thing, many)}"
