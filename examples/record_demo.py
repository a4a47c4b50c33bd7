"""Record the demonstration: run `confsync demo` and write what it prints as a picture, `examples/demo.svg`."""

from __future__ import annotations

import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

FIRST, LAST = "2. You edit", "3. Both change"  # the chapter to show
STYLES = {"$": "bold cyan", "    +": "green", "    -": "red", "    pull": "yellow", "    push": "yellow"}


def main() -> None:
    """Run, cut, colour, save."""
    done = subprocess.run([sys.executable, "-m", "confsync", "demo"], capture_output=True, text=True, check=True)
    story = done.stdout
    chapter = story[story.index(FIRST) : story.index(LAST)].rstrip()
    console = Console(record=True, width=104, file=StringIO(), force_terminal=True)
    for line in chapter.split("\n"):
        style = next((style for start, style in STYLES.items() if line.startswith(start)), "")
        console.print(Text(line, style=style))
    picture = console.export_svg(title="confsync demo")
    picture = re.sub(r"\s*@font-face \{.*?\}\n", "", picture, flags=re.DOTALL)  # no fonts from other hosts
    Path(__file__).with_name("demo.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
