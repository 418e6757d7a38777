-- Who may sign in, and who is signed in. Nothing of any case is here.
CREATE TABLE IF NOT EXISTS account (
  id       TEXT PRIMARY KEY,                -- 128 random bits: the actor in the journal
  name     TEXT NOT NULL UNIQUE,            -- what is typed, lower case
  shown    TEXT NOT NULL,                   -- what colleagues see
  staff    TEXT,                            -- the force's own number for this person, for the lock on their own record
  roles    TEXT NOT NULL,                   -- names, with spaces between
  password TEXT,                            -- argon2id; none: cannot sign in with one
  locked   INTEGER NOT NULL DEFAULT 0,
  theme    TEXT NOT NULL DEFAULT 'system',
  keys     INTEGER NOT NULL DEFAULT 1,
  sound    INTEGER NOT NULL DEFAULT 1,
  made_at  INTEGER NOT NULL                 -- all times: milliseconds since 1970, UTC
) STRICT;

CREATE TABLE IF NOT EXISTS session (
  digest   BLOB PRIMARY KEY,                -- SHA-256 of the secret in the cookie
  account  TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
  seat     TEXT NOT NULL,
  made_at  INTEGER NOT NULL,
  seen_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS attempt (
  digest   BLOB PRIMARY KEY,                -- SHA-256 of the name tried: names that do not exist are not kept either
  failures INTEGER NOT NULL,
  last_at  INTEGER NOT NULL
) STRICT;
