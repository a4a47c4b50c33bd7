-- The whole site in one SQLite file. Times are ISO 8601 in UTC with milliseconds, so that they sort as text.
CREATE TABLE IF NOT EXISTS user (
    account_id   TEXT PRIMARY KEY,
    username     TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    email        TEXT NOT NULL,
    password     TEXT NOT NULL,
    token        TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS space (
    id          INTEGER PRIMARY KEY,
    key         TEXT NOT NULL UNIQUE COLLATE NOCASE,
    name        TEXT NOT NULL,
    description TEXT NOT NULL DEFAULT '',
    type        TEXT NOT NULL DEFAULT 'global',
    status      TEXT NOT NULL DEFAULT 'current',
    homepage_id INTEGER,
    creator     TEXT NOT NULL,
    created     TEXT NOT NULL
);

-- status: current, archived, trashed, draft, or hidden (there, but no user may see it).
-- One row for a page, blog post, comment, attachment or folder; what a version holds lies in `version`.
-- parent_id: the page or folder above a page, the comment above a comment. container_id: the page of a comment or attachment.
CREATE TABLE IF NOT EXISTS content (
    id           INTEGER PRIMARY KEY,
    type         TEXT NOT NULL,
    status       TEXT NOT NULL DEFAULT 'current',
    space_id     INTEGER NOT NULL,
    parent_id    INTEGER,
    container_id INTEGER,
    position     INTEGER,
    title        TEXT NOT NULL,
    title_key    TEXT NOT NULL,
    version      INTEGER NOT NULL,
    creator      TEXT NOT NULL,
    created      TEXT NOT NULL,
    extra        TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX IF NOT EXISTS content_of_space ON content (space_id, type, status);
CREATE INDEX IF NOT EXISTS content_by_title ON content (space_id, type, title_key);
CREATE INDEX IF NOT EXISTS content_by_parent ON content (parent_id);
CREATE INDEX IF NOT EXISTS content_by_container ON content (container_id);
CREATE UNIQUE INDEX IF NOT EXISTS title_taken ON content (space_id, type, title_key)
    WHERE type IN ('page', 'blogpost') AND status IN ('current', 'archived', 'hidden');

-- The words of the current version, for search; apart from `content` so that listings stay light.
CREATE TABLE IF NOT EXISTS words (
    content_id INTEGER PRIMARY KEY,
    plain      TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS version (
    content_id INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    title      TEXT NOT NULL,
    author     TEXT NOT NULL,
    at         TEXT NOT NULL,
    message    TEXT NOT NULL DEFAULT '',
    minor      INTEGER NOT NULL DEFAULT 0,
    blob       TEXT,                          -- sha256 of an attachment's bytes
    size       INTEGER,
    media_type TEXT,
    comment    TEXT,
    body       TEXT NOT NULL DEFAULT '',      -- last, so that the other columns are read without it
    PRIMARY KEY (content_id, number)
);

-- What somebody has typed into the editor of a published page and not published yet: at most one, shared by all.
CREATE TABLE IF NOT EXISTS draft (
    content_id INTEGER PRIMARY KEY,
    title      TEXT NOT NULL,
    author     TEXT NOT NULL,
    at         TEXT NOT NULL,
    body       TEXT NOT NULL
);

-- Who alone may see (read) or edit (update) a content; where nobody is named, everybody may.
CREATE TABLE IF NOT EXISTS restriction (
    content_id INTEGER NOT NULL,
    operation  TEXT NOT NULL,                 -- 'read' or 'update'
    kind       TEXT NOT NULL,                 -- 'user' or 'group'
    name       TEXT NOT NULL,                 -- account id of a user, name of a group
    UNIQUE (content_id, operation, kind, name)
);

-- States that users made up; the ones that every space suggests have the ids 0 to 2 and lie in the program.
CREATE TABLE IF NOT EXISTS state (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL,
    color  TEXT NOT NULL,                     -- #rrggbb
    author TEXT NOT NULL,
    at     TEXT NOT NULL                      -- when it was last set
);

CREATE TABLE IF NOT EXISTS content_state (
    content_id INTEGER NOT NULL,
    status     TEXT NOT NULL,                 -- 'current', or 'draft' for what is not published
    state_id   INTEGER NOT NULL,
    at         TEXT NOT NULL,
    PRIMARY KEY (content_id, status)
);

-- The bytes of attachments; `data` is NULL when they lie in a file beside this one.
CREATE TABLE IF NOT EXISTS blob (
    sha256 TEXT PRIMARY KEY,
    data   BLOB
);

CREATE TABLE IF NOT EXISTS label (
    content_id INTEGER NOT NULL,
    prefix     TEXT NOT NULL,
    name       TEXT NOT NULL,
    UNIQUE (content_id, prefix, name)
);
CREATE INDEX IF NOT EXISTS label_by_name ON label (name);
CREATE TABLE IF NOT EXISTS label_id (
    id     INTEGER PRIMARY KEY,
    prefix TEXT NOT NULL,
    name   TEXT NOT NULL,
    UNIQUE (prefix, name)
);

CREATE TABLE IF NOT EXISTS property (
    id       INTEGER PRIMARY KEY,
    owner    TEXT NOT NULL,                   -- 'content' or 'space'
    owner_id INTEGER NOT NULL,
    key      TEXT NOT NULL,
    value    TEXT NOT NULL,                   -- JSON
    version  INTEGER NOT NULL,
    author   TEXT NOT NULL,
    at       TEXT NOT NULL,
    message  TEXT NOT NULL DEFAULT '',
    minor    INTEGER NOT NULL DEFAULT 0,
    UNIQUE (owner, owner_id, key)
);

CREATE TABLE IF NOT EXISTS longtask (
    id   TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    at   TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
