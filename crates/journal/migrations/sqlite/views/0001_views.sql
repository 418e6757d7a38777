-- The log of views: who looked at what. Of the journal's form, in a file of its own so that it never waits for decisions.
CREATE TABLE view (
    seq    INTEGER PRIMARY KEY,  -- from 1, without gaps
    at     INTEGER NOT NULL,     -- milliseconds since 1970
    actor  TEXT NOT NULL,        -- pseudonymous
    screen TEXT NOT NULL,
    digest BLOB NOT NULL,        -- SHA-256(salt || payload)
    leaf   BLOB NOT NULL,        -- SHA-256(0x00 || header || digest)
    body   BLOB NOT NULL         -- nonce || sealed(salt || payload) || tag
) STRICT;

CREATE INDEX view_actor ON view (actor, seq);

-- An index over the subjects that the sealed bodies name, for "who has looked at this".
CREATE TABLE view_subject (
    subject BLOB NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (subject, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE head (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    owner    BLOB NOT NULL,  -- a keyed hash that tells whose keys this journal belongs to
    size     INTEGER NOT NULL,
    frontier BLOB NOT NULL,
    seal     BLOB NOT NULL
) STRICT;
