-- What users and groups may do in a space.
CREATE TABLE IF NOT EXISTS space_permission (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    space_id  INTEGER NOT NULL,
    kind      TEXT NOT NULL,                  -- 'user', 'group', or 'anonymous' for everybody
    subject   TEXT NOT NULL,                  -- account id of a user, id of a group, or empty
    operation TEXT NOT NULL,
    target    TEXT NOT NULL,                  -- 'space', a type of content, or a type of custom content
    UNIQUE (space_id, kind, subject, operation, target)
);
CREATE TRIGGER IF NOT EXISTS space_unpermitted AFTER DELETE ON space BEGIN
    DELETE FROM space_permission WHERE space_id = OLD.id;
END;
CREATE TRIGGER IF NOT EXISTS group_unpermitted AFTER DELETE ON user_group BEGIN
    DELETE FROM space_permission WHERE kind = 'group' AND subject = OLD.id;
END;
