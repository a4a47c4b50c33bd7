-- Templates of pages that users made; the blueprints that come with the site lie in the program.
CREATE TABLE IF NOT EXISTS template (
    id          INTEGER PRIMARY KEY,
    space_id    INTEGER,                      -- NULL: a template of the whole site
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    body        TEXT NOT NULL                 -- storage format, with `at:var` where a page gets its own text
);
CREATE TABLE IF NOT EXISTS template_label (
    template_id INTEGER NOT NULL,
    prefix      TEXT NOT NULL,
    name        TEXT NOT NULL,
    UNIQUE (template_id, prefix, name)
);
CREATE TRIGGER IF NOT EXISTS space_untemplated AFTER DELETE ON space BEGIN
    DELETE FROM template WHERE space_id = OLD.id;
END;
CREATE TRIGGER IF NOT EXISTS template_unlabelled AFTER DELETE ON template BEGIN
    DELETE FROM template_label WHERE template_id = OLD.id;
END;
