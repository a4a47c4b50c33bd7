-- Who is told of what. target: the id of a content or of a space, or the name of a label.
CREATE TABLE IF NOT EXISTS watch (
    account_id TEXT NOT NULL,
    kind       TEXT NOT NULL,                 -- 'content', 'space' or 'label'
    target     TEXT NOT NULL,
    UNIQUE (kind, target, account_id)
);

-- Whoever creates a page or a blog post watches it, in whatever way it comes into being.
CREATE TRIGGER IF NOT EXISTS creator_watches AFTER INSERT ON content WHEN NEW.type IN ('page', 'blogpost') BEGIN
    INSERT OR IGNORE INTO watch VALUES (NEW.creator, 'content', CAST(NEW.id AS TEXT));
END;
CREATE TRIGGER IF NOT EXISTS purged_unwatched AFTER DELETE ON content BEGIN
    DELETE FROM watch WHERE kind = 'content' AND target = CAST(OLD.id AS TEXT);
END;
CREATE TRIGGER IF NOT EXISTS space_unwatched AFTER DELETE ON space BEGIN
    DELETE FROM watch WHERE kind = 'space' AND target = CAST(OLD.id AS TEXT);
END;
