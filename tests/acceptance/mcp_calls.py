"""Call mcp-atlassian's functions by name, in its own environment: a JSON line in, a JSON line out.

In: `{"call": name, "given": {argument: value}}`. Out: `{"result": ...}` or `{"error": text}`. Bytes are Latin-1 text.
"""

import json
import sys
from typing import Any

from mcp_atlassian.confluence import ConfluenceFetcher


def plain(value: Any) -> Any:
    """Return a model, or a list of them, as the tools hand it to their users."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value.to_simplified_dict() if hasattr(value, "to_simplified_dict") else value


def main() -> None:
    """Answer until the input ends."""
    wiki = ConfluenceFetcher()
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"result": plain(getattr(wiki, asked["call"])(**asked["given"]))}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
