-- The journal. Headers are in the clear and hold no personal data; what was said lies in `body`, sealed.
CREATE TABLE entry (
    seq            INTEGER PRIMARY KEY,  -- from 1, without gaps
    stream         BLOB NOT NULL,        -- 16 random bytes
    stream_version INTEGER NOT NULL,     -- from 1 within the stream, without gaps
    at             INTEGER NOT NULL,     -- milliseconds since 1970, as are the next two
    known          INTEGER NOT NULL,
    received       INTEGER NOT NULL,
    actor          TEXT NOT NULL,        -- pseudonymous
    kind           TEXT NOT NULL,
    version        INTEGER NOT NULL,     -- of the payload's form
    source         BLOB,                 -- 16 bytes of a keyed hash, where the entry came from outside or from a form
    digest         BLOB NOT NULL,        -- SHA-256(salt || payload)
    leaf           BLOB NOT NULL,        -- SHA-256(0x00 || header || digest), the leaf of the Merkle tree
    body           BLOB                  -- nonce || sealed(salt || payload) || tag; null once redacted
) STRICT;

CREATE UNIQUE INDEX entry_source ON entry (source) WHERE source IS NOT NULL;

-- One row a stream: how far it has come, and its key, wrapped by the force's key.
CREATE TABLE stream (
    id      BLOB PRIMARY KEY,
    version INTEGER NOT NULL,
    key     BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One row: how many entries there are, what the Merkle tree over them needs to grow, and a keyed hash over both.
CREATE TABLE head (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    owner    BLOB NOT NULL,  -- a keyed hash that tells whose keys this journal belongs to
    size     INTEGER NOT NULL,
    frontier BLOB NOT NULL,
    seal     BLOB NOT NULL,
    views    INTEGER NOT NULL DEFAULT -1  -- how many views there were when their log was last opened to write; -1: never
) STRICT;

-- Which entry redacted which: an index over entries that say it in their sealed bodies.
CREATE TABLE redaction (
    target INTEGER PRIMARY KEY,
    entry  INTEGER NOT NULL
) STRICT;
