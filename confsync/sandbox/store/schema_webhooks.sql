-- Who is told of what happens: apps by their descriptors, others by registration; app_key is empty for the latter.
CREATE TABLE IF NOT EXISTS webhook (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    app_key TEXT NOT NULL DEFAULT '',
    name    TEXT NOT NULL,
    url     TEXT NOT NULL,                    -- of an app relative to where it listens
    events  TEXT NOT NULL,                    -- JSON
    secret  TEXT NOT NULL DEFAULT '',
    active  INTEGER NOT NULL DEFAULT 1,
    created TEXT NOT NULL,
    updated TEXT NOT NULL
);

-- What is to be delivered, and what became of it; written together with what it tells of.
-- state: 'waiting', 'delivered' or 'failed'.
CREATE TABLE IF NOT EXISTS outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook_id INTEGER NOT NULL,
    event      TEXT NOT NULL,
    request_id TEXT NOT NULL,
    body       TEXT NOT NULL,
    at         TEXT NOT NULL,
    state      TEXT NOT NULL DEFAULT 'waiting',
    attempts   INTEGER NOT NULL DEFAULT 0,
    status     INTEGER,                       -- of the last answer
    error      TEXT NOT NULL DEFAULT '',
    millis     INTEGER                        -- how long the last attempt took
);
CREATE INDEX IF NOT EXISTS outbox_by_state ON outbox (state, webhook_id, id);
CREATE TRIGGER IF NOT EXISTS webhook_gone AFTER DELETE ON webhook BEGIN
    DELETE FROM outbox WHERE webhook_id = OLD.id;
END;

-- What a transaction has changed so far; at its end it becomes events, and the table is empty again.
-- before, after: the row as JSON, NULL where there was or is none.
CREATE TABLE IF NOT EXISTS change (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT NOT NULL,                    -- 'content', 'space', 'label' or 'restriction'
    item_id INTEGER NOT NULL,
    before  TEXT,
    after   TEXT
);
CREATE TRIGGER IF NOT EXISTS content_made AFTER INSERT ON content
WHEN EXISTS (SELECT 1 FROM webhook WHERE active) BEGIN
    INSERT INTO change (kind, item_id, after) VALUES ('content', NEW.id, json_object('id', NEW.id, 'type', NEW.type,
        'status', NEW.status, 'space_id', NEW.space_id, 'parent_id', NEW.parent_id, 'container_id', NEW.container_id,
        'position', NEW.position, 'title', NEW.title, 'version', NEW.version, 'creator', NEW.creator,
        'created', NEW.created));
END;
CREATE TRIGGER IF NOT EXISTS content_changed
AFTER UPDATE OF status, space_id, parent_id, container_id, position, title, version ON content
WHEN EXISTS (SELECT 1 FROM webhook WHERE active) BEGIN
    INSERT INTO change (kind, item_id, before, after) VALUES ('content', NEW.id,
        json_object('id', OLD.id, 'type', OLD.type,
        'status', OLD.status, 'space_id', OLD.space_id, 'parent_id', OLD.parent_id, 'container_id', OLD.container_id,
        'position', OLD.position, 'title', OLD.title, 'version', OLD.version, 'creator', OLD.creator,
        'created', OLD.created),
        json_object('id', NEW.id, 'type', NEW.type,
        'status', NEW.status, 'space_id', NEW.space_id, 'parent_id', NEW.parent_id, 'container_id', NEW.container_id,
        'position', NEW.position, 'title', NEW.title, 'version', NEW.version, 'creator', NEW.creator,
        'created', NEW.created));
END;
CREATE TRIGGER IF NOT EXISTS content_gone AFTER DELETE ON content
WHEN EXISTS (SELECT 1 FROM webhook WHERE active) BEGIN
    INSERT INTO change (kind, item_id, before) VALUES ('content', OLD.id, json_object('id', OLD.id, 'type', OLD.type,
        'status', OLD.status, 'space_id', OLD.space_id, 'parent_id', OLD.parent_id, 'container_id', OLD.container_id,
        'position', OLD.position, 'title', OLD.title, 'version', OLD.version, 'creator', OLD.creator,
        'created', OLD.created));
END;
CREATE TRIGGER IF NOT EXISTS space_made AFTER INSERT ON space
WHEN EXISTS (SELECT 1 FROM webhook WHERE active) BEGIN
    INSERT INTO change (kind, item_id, after) VALUES ('space', NEW.id, json_object('id', NEW.id, 'key', NEW.key,
        'name', NEW.name, 'type', NEW.type, 'creator', NEW.creator, 'created', NEW.created));
END;
CREATE TRIGGER IF NOT EXISTS space_changed AFTER UPDATE ON space
WHEN EXISTS (SELECT 1 FROM webhook WHERE active) BEGIN
    INSERT INTO change (kind, item_id, before, after) VALUES ('space', NEW.id, json_object('id', OLD.id,
        'key', OLD.key, 'name', OLD.name, 'type', OLD.type, 'creator', OLD.creator, 'created', OLD.created),
        json_object('id', NEW.id, 'key', NEW.key,
        'name', NEW.name, 'type', NEW.type, 'creator', NEW.creator, 'created', NEW.created));
END;
CREATE TRIGGER IF NOT EXISTS space_gone AFTER DELETE ON space
WHEN EXISTS (SELECT 1 FROM webhook WHERE active) BEGIN
    INSERT INTO change (kind, item_id, before) VALUES ('space', OLD.id, json_object('id', OLD.id, 'key', OLD.key,
        'name', OLD.name, 'type', OLD.type, 'creator', OLD.creator, 'created', OLD.created));
END;
CREATE TRIGGER IF NOT EXISTS label_put AFTER INSERT ON label
WHEN EXISTS (SELECT 1 FROM webhook WHERE active) BEGIN
    INSERT INTO change (kind, item_id, after) VALUES ('label', NEW.content_id,
        json_object('prefix', NEW.prefix, 'name', NEW.name));
END;
CREATE TRIGGER IF NOT EXISTS label_taken AFTER DELETE ON label
WHEN EXISTS (SELECT 1 FROM webhook WHERE active) BEGIN
    INSERT INTO change (kind, item_id, before) VALUES ('label', OLD.content_id,
        json_object('prefix', OLD.prefix, 'name', OLD.name));
END;
CREATE TRIGGER IF NOT EXISTS restriction_put AFTER INSERT ON restriction
WHEN EXISTS (SELECT 1 FROM webhook WHERE active) BEGIN
    INSERT INTO change (kind, item_id, after) VALUES ('restriction', NEW.content_id,
        json_object('operation', NEW.operation, 'kind', NEW.kind, 'name', NEW.name));
END;
CREATE TRIGGER IF NOT EXISTS restriction_taken AFTER DELETE ON restriction
WHEN EXISTS (SELECT 1 FROM webhook WHERE active) BEGIN
    INSERT INTO change (kind, item_id, before) VALUES ('restriction', OLD.content_id,
        json_object('operation', OLD.operation, 'kind', OLD.kind, 'name', OLD.name));
END;
