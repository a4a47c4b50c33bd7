-- What users and groups may do on the whole site. kind: 'user', 'group' or, with an empty subject, 'anonymous'.
CREATE TABLE IF NOT EXISTS global_permission (
    operation TEXT NOT NULL,
    kind      TEXT NOT NULL,
    subject   TEXT NOT NULL,                  -- account id of a user, id of a group
    PRIMARY KEY (operation, kind, subject)
);
CREATE TRIGGER IF NOT EXISTS group_globally_unpermitted AFTER DELETE ON user_group BEGIN
    DELETE FROM global_permission WHERE kind = 'group' AND subject = OLD.id;
END;
