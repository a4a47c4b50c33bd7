"""What long sweeps have covered, in the summary at the end: how many, and what they consisted of."""

from __future__ import annotations

from collections import Counter

import pytest

SWEEPS = {"machines": "random days of machines", "stops": "stops of a run"}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Add up what the tests have recorded, also those that ran in other processes."""
    for sweep, title in SWEEPS.items():
        total: Counter[str] = Counter()
        for report in terminalreporter.getreports("passed"):
            for name, counts in report.user_properties:
                if name == sweep:
                    total.update(counts)  # type: ignore[arg-type]  # a mapping, as it was recorded
        if total:
            words = ", ".join(f"{name} {count}" for name, count in sorted(total.items()))
            terminalreporter.write_line(f"{title}: {words}")
