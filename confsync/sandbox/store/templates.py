"""Templates of pages, of a space or of the whole site, and the blueprints that the site ships."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from confsync.sandbox.errors import BadRequest, Forbidden

from . import global_permissions, permissions
from .db import Row, Store

NAME_LIMIT = DESCRIPTION_LIMIT = 255
PLUGIN = "com.atlassian.confluence.plugins.confluence-business-blueprints"
Label = tuple[str, str]  # prefix and name


@dataclass(frozen=True, slots=True)
class Template:
    """A template; `module` is the key of a blueprint's template, empty for what a user made."""

    id: str
    space_id: int | None
    name: str
    description: str
    body: str
    labels: tuple[Label, ...] = ()
    module: str = ""


def _blueprint(module: str, name: str, description: str, body: str) -> Template:
    number = str(uuid5(NAMESPACE_URL, f"confsync:sandbox:blueprint:{module}"))  # the same on every site
    return Template(number, None, name, description, body, module=module)


BLUEPRINTS = (
    _blueprint(
        "decisions",
        "Decision",
        "Record a decision and how it was reached.",
        '<at:declarations><at:string at:name="owner" /></at:declarations><h2>Decision</h2>'
        '<p>Owner: <at:var at:name="owner" /></p><h2>Background</h2><p /><h2>Options</h2><p />',
    ),
    _blueprint(
        "meeting-notes",
        "Meeting notes",
        "Prepare a meeting and share what came of it.",
        "<h2>Participants</h2><ul><li><p /></li></ul><h2>Topics</h2><p /><h2>To do</h2><p />",
    ),
    _blueprint(
        "how-to-article",
        "How-to article",
        "Explain in steps how something is done.",
        "<h2>Instructions</h2><ol><li><p /></li></ol><h2>Related articles</h2><p />",
    ),
)


def no_template(template_id: object) -> Forbidden:
    """Return the refusal for a template that is unknown or not to be seen: both look the same."""
    return Forbidden(f"No template found with id, or no permission to view it: {template_id}")


def get(store: Store, template_id: str) -> Template:
    """Return a template or a blueprint; raise `Forbidden`."""
    shipped = next((one for one in BLUEPRINTS if one.id == template_id), None)
    if shipped:
        return shipped
    number = int(template_id) if template_id.isdecimal() and len(template_id) <= 18 else -1
    row = store.one("SELECT * FROM template WHERE id = ?", number)
    if row is None:
        raise no_template(template_id)
    return _of(store, row)


def listing(store: Store, space_id: int | None) -> list[Template]:
    """Return the templates of a space, or with None those of the whole site, in order of name."""
    rows = store.all("SELECT * FROM template WHERE space_id IS ? ORDER BY name, id", space_id)
    return [_of(store, row) for row in rows]


def _of(store: Store, row: Row) -> Template:
    labels = store.all("SELECT prefix, name FROM template_label WHERE template_id = ? ORDER BY prefix, name", row["id"])
    return Template(
        str(row["id"]),
        row["space_id"],
        row["name"],
        row["description"],
        row["body"],
        tuple((one["prefix"], one["name"]) for one in labels),
    )


def label_row(store: Store, label: Label) -> Row:
    """Return a label with its id."""
    store.run("INSERT OR IGNORE INTO label_id (prefix, name) VALUES (?, ?)", *label)
    row = store.one("SELECT * FROM label_id WHERE prefix = ? AND name = ?", *label)
    assert row is not None  # noqa: S101  (inserted above)
    return row


def save(store: Store, new: Template) -> Template:
    """Write a template, over the one with its id or with an empty id as a new one; raise `BadRequest`."""
    if not new.name.strip() or len(new.name) > NAME_LIMIT:
        raise BadRequest(f"The name of a template has 1 to {NAME_LIMIT} characters")
    if len(new.description) > DESCRIPTION_LIMIT:
        raise BadRequest(f"The description of a template has at most {DESCRIPTION_LIMIT} characters")
    number = int(new.id) if new.id else store.next_id()
    store.run("DELETE FROM template WHERE id = ?", number)
    store.insert(
        "template", id=number, space_id=new.space_id, name=new.name, description=new.description, body=new.body
    )
    for label in new.labels:
        store.run("INSERT OR IGNORE INTO template_label VALUES (?, ?, ?)", number, *label)
    return get(store, str(number))


def delete(store: Store, template: Template) -> None:
    """Delete a template for good."""
    store.run("DELETE FROM template WHERE id = ?", int(template.id))


def check_edit(store: Store, space_id: int | None, account_id: str) -> None:
    """Raise `Forbidden` for who administers neither the space nor, for a template of the whole site, the site."""
    if space_id is None:
        global_permissions.check_administrator(store, account_id)
    else:
        permissions.check_administrator(store, space_id, account_id)


def writable(store: Store, template_id: str, account_id: str) -> Template:
    """Return a template that a user may change; raise `Forbidden`, for a blueprint always."""
    found = get(store, template_id)
    if found.module:
        raise Forbidden("Blueprint templates come with the site and cannot be changed")
    check_edit(store, found.space_id, account_id)
    return found
