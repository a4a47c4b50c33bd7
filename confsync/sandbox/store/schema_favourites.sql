-- Which content is whose favourite.
CREATE TABLE IF NOT EXISTS favourite (
    content_id INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    author     TEXT NOT NULL,                 -- who said so: the user, or an administrator
    at         TEXT NOT NULL,
    PRIMARY KEY (content_id, account_id)
);
CREATE TRIGGER IF NOT EXISTS purged_no_favourite AFTER DELETE ON content BEGIN
    DELETE FROM favourite WHERE content_id = OLD.id;
END;
