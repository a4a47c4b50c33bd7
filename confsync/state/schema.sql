-- One mirror on one machine. Everything here can be rebuilt from page ids, content properties and versions.
-- Digests are SHA-256 in hexadecimal. Times are seconds since 1970, UTC.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One synced page: all facets as last agreed, the pair of digests, and its file.
CREATE TABLE rows (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    parent TEXT,
    title TEXT NOT NULL,
    rank INTEGER,
    labels TEXT NOT NULL,          -- JSON list, sorted
    version INTEGER NOT NULL,
    storage TEXT NOT NULL,         -- digest of the storage half
    markdown TEXT NOT NULL,        -- digest of the Markdown half
    path TEXT NOT NULL,
    title_from TEXT NOT NULL,
    settings TEXT NOT NULL DEFAULT '[]'  -- JSON list of [name, value as JSON]
) WITHOUT ROWID;

CREATE TABLE assets (
    page TEXT NOT NULL,
    name TEXT NOT NULL,
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (page, name)
) WITHOUT ROWID;

-- Texts of both halves, and texts that a run overwrote; data is zlib-compressed UTF-8.
CREATE TABLE blobs (sha256 TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;

-- What each file held when it was last read; trusted only for files older than the moment they were seen.
CREATE TABLE files (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    seen_ns INTEGER NOT NULL,
    facts TEXT NOT NULL            -- JSON
) WITHOUT ROWID;

-- The last remote listing, without bodies.
CREATE TABLE listing (id TEXT PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID;

-- Effects that were begun and not yet committed. Never replayed: they say where to look.
CREATE TABLE intents (
    op TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    facts TEXT NOT NULL            -- JSON
) WITHOUT ROWID;

-- Pages whose text waits for a decision.
CREATE TABLE conflicts (
    id TEXT PRIMARY KEY,
    path TEXT NOT NULL,
    version INTEGER NOT NULL,
    base TEXT NOT NULL,            -- digests of blobs
    local TEXT NOT NULL,
    remote TEXT NOT NULL,
    reason TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE runs (
    run TEXT PRIMARY KEY,
    command TEXT NOT NULL,
    started REAL NOT NULL,
    finished REAL
) WITHOUT ROWID;

-- What a run overwrote or deleted: a file's former bytes in the trash, or a version on the site.
CREATE TABLE backups (
    number INTEGER PRIMARY KEY,
    run TEXT NOT NULL,
    kind TEXT NOT NULL,            -- file | moved | made | remote
    path TEXT NOT NULL,
    kept TEXT NOT NULL,            -- where it lies: a path under the trash, the new path, or a page's id
    title TEXT NOT NULL DEFAULT '',
    version INTEGER NOT NULL DEFAULT 0
);
