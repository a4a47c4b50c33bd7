"""Settings and credentials: what is read, what is refused, and what is never written."""

from pathlib import Path

import pytest

from confsync.config import Credentials, MirrorConfig, credentials, find, load, parse, write
from confsync.errors import ConfigError
from confsync.model import Policy

FULL = """
site = "https://acme.atlassian.net/wiki/"
[[mirror]]
space = "DOCS"
root = "Handbook"
path = "docs"
[sync]
on_conflict = "both"
max_deletes = "10%"
full_listing = "2h"
drafts = "warn"
message = "{subject}"
[git]
branch = "main"
[watch]
poll = 60
"""


def test_every_documented_key_is_read(tmp_path: Path) -> None:
    """Found upwards from a folder below, with paths relative to the file."""
    (tmp_path / ".confsync.toml").write_text(FULL)
    below = tmp_path / "docs/guide"
    below.mkdir(parents=True)
    found = find(below)
    assert found
    config = load(found, {})
    assert config.site == "https://acme.atlassian.net/wiki"
    assert config.mirrors == (MirrorConfig("DOCS", "docs", "Handbook"),)
    assert (config.sync.on_conflict, config.sync.full_listing, config.sync.max_deletes) == (Policy.BOTH, 7200.0, "10%")
    assert (config.git.branch, config.watch.poll) == ("main", 60.0)
    assert config.mirror_folder(config.mirrors[0]) == (tmp_path / "docs").resolve()


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("sit = 'x'", "sit", "'site'"), ("[sync]\non_conflct = 'ask'", "sync.on_conflct", "'on_conflict'"),
        ("[sync]\non_conflict = 'maybe'", "sync.on_conflict", "ask, local"), ("[[mirror]]\npath = 'x'", "", "space"),
        ("site = 3", "site", "text"), ("site = 'acme'", "", "https://"), ("[sync]\nfull_listing = 'soon'", "", "duration"),
        ("[sync]\nmax_deletes = 'all'", "", "share"), ("site = 'https://u:p@x.net'", "", "credentials"),
        ("mirror = 'x'", "mirror", "tables"),
    ],
)  # fmt: skip
def test_mistakes_name_their_place_and_the_nearest_key(tmp_path: Path, text: str, place: str, words: str) -> None:
    """An unknown key is an error that says which one was probably meant."""
    file = tmp_path / ".confsync.toml"
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(file, {})
    assert place in caught.value.place
    assert words in str(caught.value)
    assert caught.value.exit_code == 2


def test_broken_toml_is_told_with_its_line(tmp_path: Path) -> None:
    """The parser's own words, with the file's name."""
    file = tmp_path / ".confsync.toml"
    file.write_text("site = \n")
    with pytest.raises(ConfigError, match="line 1"):
        load(file, {})


def test_the_environment_overrides_and_forbids() -> None:
    """For CI: another site, and no writing."""
    config = parse({"site": "https://a.net"}, {"CONFLUENCE_URL": "https://b.net/wiki", "CONFSYNC_READ_ONLY": "1"})
    assert (config.site, config.read_only) == ("https://b.net/wiki", True)
    assert not parse({}, {"CONFSYNC_READ_ONLY": "0"}).read_only


@pytest.mark.parametrize(
    ("env", "found"),
    [
        ({"CONFLUENCE_USERNAME": "u", "CONFLUENCE_API_TOKEN": "s3cret"}, Credentials("u", "s3cret")),
        ({"CONFLUENCE_USER_NAME": "u", "CONFLUENCE_API_KEY": "s3cret"}, Credentials("u", "s3cret")),
        ({"CONFLUENCE_PERSONAL_TOKEN": "s3cret"}, Credentials("", "s3cret")),
        ({}, Credentials()),
    ],
)
def test_credentials_come_from_the_environment(env: dict[str, str], found: Credentials) -> None:
    """Both families of names; nothing is invented, and no secret is shown."""
    assert credentials("https://a.net", env) == found
    assert "s3cret" not in repr(found)


def test_a_keyring_is_asked_after_the_environment() -> None:
    """Through a hook, with the site."""
    assert credentials("https://a.net", {}, lambda site: Credentials("k", site)) == Credentials("k", "https://a.net")


def test_writing_keeps_what_is_there(tmp_path: Path) -> None:
    """A second mirror is added below; comments stay, and what is written can be read."""
    file = tmp_path / ".confsync.toml"
    write(file, "https://a.net/wiki", MirrorConfig("DOCS", "docs"))
    file.write_text("# ours\n" + file.read_text())
    write(file, "https://a.net/wiki", MirrorConfig("OPS", "ops", "Runbook"))
    assert file.read_text().startswith("# ours\n")
    assert load(file, {}).mirrors == (MirrorConfig("DOCS", "docs"), MirrorConfig("OPS", "ops", "Runbook"))
