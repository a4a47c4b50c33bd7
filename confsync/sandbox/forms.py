"""Multipart forms, read as Confluence reads them: a text part that declares no charset is Latin-1."""

from __future__ import annotations

from typing import IO, Any

from flask import Request
from werkzeug.datastructures import Authorization, Headers, MultiDict
from werkzeug.formparser import FormDataParser, MultiPartParser


class _Parts(MultiPartParser):
    def get_part_charset(self, headers: Headers) -> str:
        return (
            super().get_part_charset(headers) if "charset" in headers.get("content-type", "").lower() else "iso-8859-1"
        )


class _Forms(FormDataParser):
    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, Any]]:
        boundary = (options or {}).get("boundary", "").encode("ascii", "replace")
        if mimetype != "multipart/form-data" or not boundary:
            return super().parse(stream, mimetype, content_length, options)
        parser = _Parts(self.stream_factory, self.max_form_memory_size, self.cls, max_form_parts=self.max_form_parts)
        try:
            form, files = parser.parse(stream, boundary, content_length)
        except ValueError:
            return stream, self.cls(), self.cls()
        return stream, form, files


class SiteRequest(Request):
    """A request whose forms are read as Confluence reads them."""

    form_data_parser_class = _Forms

    @property
    def authorization(self) -> Authorization | None:
        """Return the credentials of the request, None where they cannot be read: theirs fails beyond ASCII."""
        try:
            return super().authorization
        except ValueError:
            return None
