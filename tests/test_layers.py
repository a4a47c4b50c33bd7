"""The import table: which package may import which, and what must not be imported at start-up."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# package -> what it may import of ours. A key is the longest matching prefix; a module may always import its own package.
TABLE: dict[str, tuple[str, ...]] = {
    "converters": (),
    "confsync.model": ("confsync.errors",),
    "confsync.errors": (),
    "confsync.report": ("confsync.model", "confsync.errors"),
    "confsync.config": ("confsync.model", "confsync.errors"),
    "confsync.core": ("converters", "confsync.model", "confsync.errors"),
    "confsync.remote": ("confsync.model", "confsync.errors"),
    "confsync.local": ("confsync.model", "confsync.errors", "converters"),
    "confsync.state": ("confsync.model", "confsync.errors"),
    "confsync.engine": (
        "converters", "confsync.model", "confsync.errors", "confsync.config", "confsync.report",
        "confsync.core", "confsync.remote", "confsync.local", "confsync.state",
    ),
    "confsync.watch": (
        "confsync.engine", "confsync.remote", "confsync.local", "confsync.model", "confsync.report", "confsync.errors",
    ),
    # Sources of messages and guards; an import writes its commits as the history does.
    "confsync.git": ("confsync.engine", "confsync.history", "confsync.model", "confsync.errors"),
    # A space as a repository, without a mirror: no engine and no state, only calls, names, and git's own commands.
    "confsync.history": (
        "converters", "confsync.model", "confsync.errors", "confsync.core", "confsync.remote", "confsync.local",
    ),
    "confsync.sandbox": (),
    "confsync.cli": ("confsync", "converters"),
    "confsync.__main__": ("confsync.cli",),
}


def package_of(module: str) -> str:
    return max((key for key in TABLE if module == key or module.startswith(key + ".")), key=len, default="")


def imports(path: Path, module: str) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = module if path.name == "__init__.py" else module.rpartition(".")[0]
            for _ in range(node.level - 1):
                base = base.rpartition(".")[0]
            prefix = f"{base}.{node.module}" if node.level and node.module else base if node.level else node.module or ""
            yield prefix
            yield from (f"{prefix}.{name.name}" for name in node.names)


def modules() -> list[tuple[str, Path]]:
    found = []
    for top in ("confsync", "converters"):
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found.append((".".join(parts[:-1] if parts[-1] == "__init__" else parts), path))
    return found


@pytest.mark.parametrize(("module", "path"), modules(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_module_imports_only_what_the_table_allows(module: str, path: Path) -> None:
    """One way of flow: no layer reaches around the engine."""
    own = package_of(module)
    if not own:
        assert module == "confsync", f"{module} has no row in the import table"
        return
    allowed = TABLE[own]
    for name in imports(path, module):
        if name.split(".")[0] not in ("confsync", "converters"):
            continue
        if name == "confsync" or name == own or name.startswith(own + "."):
            continue
        assert any(name == one or name.startswith(one + ".") for one in allowed), f"{module} imports {name}"
