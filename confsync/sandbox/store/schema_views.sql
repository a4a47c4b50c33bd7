-- Who read which content when, as far as the reader said so.
CREATE TABLE IF NOT EXISTS viewed (
    content_id INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    at         TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS viewed_content ON viewed (content_id, at);
CREATE TRIGGER IF NOT EXISTS purged_unviewed AFTER DELETE ON content BEGIN
    DELETE FROM viewed WHERE content_id = OLD.id;
END;
