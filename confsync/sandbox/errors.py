"""What the site refuses, as Confluence words it.

Refusal                 any answer that is not a success
├── BadRequest          400  the request itself is wrong
├── Unauthorized        401  not signed by an app as it should be
├── Forbidden           403  not allowed, or an XSRF check failed
│   └── Stranger        403  nobody that the site knows
├── NotFound            404  missing, or hidden from this user
├── Conflict            409  the version is not the current one plus one
├── Gone                410  the operation has been removed
├── TooLarge            413  a body or property over its limit
└── NotImplementedHere  501  Confluence itself does not offer it
"""

from __future__ import annotations

PACKAGE = "com.atlassian.confluence.api.service.exceptions."


class Refusal(Exception):  # noqa: N818  (the name is the word that the docs use)
    """Carry a status and the message of the answer; `plain` leaves the Java class out, as some messages do."""

    status = 500
    java_class = "ServiceException"

    def __init__(self, reason: str, *, plain: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.message = reason if plain else f"{PACKAGE}{self.java_class}: {reason}"


class BadRequest(Refusal):
    """The request itself is wrong."""

    status = 400
    java_class = "BadRequestException"


class Unauthorized(Refusal):
    """No installed app signed this as it should."""

    status = 401
    java_class = "NotAuthenticatedException"


class Forbidden(Refusal):
    """The user may not do this."""

    status = 403
    java_class = "PermissionException"


class Stranger(Forbidden):
    """Nobody that the site knows asks."""


class NotFound(Refusal):
    """The thing is missing or hidden from this user."""

    status = 404
    java_class = "NotFoundException"


class Conflict(Refusal):
    """Somebody else was faster."""

    status = 409
    java_class = "ConflictException"


class Gone(Refusal):
    """The operation was there once."""

    status = 410
    java_class = "GoneException"


class TooLarge(Refusal):
    """The body or the property is over its limit."""

    status = 413
    java_class = "ContentTooLongException"


class NotImplementedHere(Refusal):
    """Confluence itself does not offer this."""

    status = 501
    java_class = "NotImplementedServiceException"


def missing_content(content_id: object) -> NotFound:
    """Return the refusal for an id that is unknown, trashed or hidden: all three look the same."""
    return NotFound(f"No content found with id: ContentId{{id={content_id}}}")


def missing_space(key: object) -> NotFound:
    """Return the refusal for an unknown space key."""
    return NotFound(f"No space with key : {key}", plain=True)
