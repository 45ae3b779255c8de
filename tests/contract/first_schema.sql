-- A database as the first released schema left it. Never to be changed.
PRAGMA user_version = 1;
BEGIN;
CREATE TABLE node (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, epoch INTEGER NOT NULL);
CREATE TABLE topic (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE log (
    pos INTEGER PRIMARY KEY,
    time_ms INTEGER NOT NULL,
    origin INTEGER NOT NULL REFERENCES node,
    topic INTEGER NOT NULL REFERENCES topic,
    kind INTEGER NOT NULL,
    body BLOB
);
CREATE INDEX history ON log (topic, kind) WHERE body IS NOT NULL;
CREATE TABLE state (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
INSERT INTO node VALUES (1, 'here', 2);
INSERT INTO topic VALUES (1, '#a'), (2, '#b');
INSERT INTO log VALUES
    (1, 1000, 1, 1, 0, CAST('hello' AS BLOB)),
    (2, 2000, 1, 1, 0, NULL),
    (3, 3000, 1, 1, 1, CAST('joined' AS BLOB)),
    (4, 4000, 1, 2, 0, CAST('elsewhere' AS BLOB));
INSERT INTO state VALUES ('room #a', CAST('owner alice' AS BLOB));
COMMIT;
