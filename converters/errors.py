"""What can go wrong in a conversion.

ConversionError (ValueError)
├── StorageError      storage format that is not well-formed; Confluence would refuse it too
├── NotationError     Markdown with an unclosed wrapper or a notation that cannot be read
├── BaseMismatchError the two halves of a base do not say the same
└── LawError          an edit could not be carried over without breaking a law
"""

from __future__ import annotations


class ConversionError(ValueError):
    """Something in a text stands in the way; `line` and `column` count from 1, 0 where no place is known."""

    def __init__(self, message: str, line: int = 0, column: int = 0) -> None:
        super().__init__(f"{line}:{column}: {message}" if line else message)
        self.message = message
        self.line = line
        self.column = column


class StorageError(ConversionError):
    """Storage format that is not well-formed."""


class NotationError(ConversionError):
    """Markdown whose Confluence notation cannot be read."""


class BaseMismatchError(ConversionError):
    """A storage base and a Markdown base that do not have the same model."""


class LawError(ConversionError):
    """A result that would break one of the laws; the page is to be held back."""
