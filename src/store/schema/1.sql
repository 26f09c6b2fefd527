-- The first shape of a store, in words that SQLite and PostgreSQL share. Times are RFC 3339 in UTC; digests and hashes
-- are hexadecimal; what is JSON is text, since its bytes count.

-- A workspace: who may write, and where its journal ends.
CREATE TABLE workspace (
    name TEXT NOT NULL PRIMARY KEY,
    -- Grows by one with each lease.
    epoch BIGINT NOT NULL DEFAULT 0,
    -- The lease that is held; nothing when none is.
    lease TEXT,
    owner TEXT,
    run_url TEXT,
    acquired TEXT,
    expires TEXT,
    -- The last line of the journal, kept apart from it.
    head_seq BIGINT NOT NULL DEFAULT 0,
    head_hash TEXT NOT NULL
);

-- What is ours, as it was applied last.
CREATE TABLE ledger (
    workspace TEXT NOT NULL REFERENCES workspace (name),
    address TEXT NOT NULL,
    -- None of what may or may not have been created.
    remote_id TEXT,
    -- Whose it is: found, owned, protected, kept or retired.
    hold TEXT NOT NULL,
    digest TEXT NOT NULL,
    -- JSON: the fields that are ours, each with its fingerprint.
    fields TEXT NOT NULL,
    run TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (workspace, address)
);

CREATE TABLE run (
    workspace TEXT NOT NULL REFERENCES workspace (name),
    id TEXT NOT NULL,
    command TEXT NOT NULL,
    source_commit TEXT,
    actor TEXT,
    run_url TEXT,
    begun TEXT NOT NULL,
    ended TEXT,
    outcome TEXT,
    PRIMARY KEY (workspace, id)
);

-- Lines are only ever added; each holds the hash of the line before it.
CREATE TABLE journal (
    workspace TEXT NOT NULL REFERENCES workspace (name),
    seq BIGINT NOT NULL,
    at TEXT NOT NULL,
    run TEXT,
    kind TEXT NOT NULL,
    -- Of a result: the line of its intent.
    settles BIGINT,
    -- JSON.
    event TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (workspace, seq)
);
CREATE UNIQUE INDEX journal_settles ON journal (workspace, settles);
CREATE INDEX journal_run ON journal (workspace, run, seq);
CREATE INDEX journal_intents ON journal (workspace, seq) WHERE kind = 'intent';

-- Saved plans that were applied: each is applied once.
CREATE TABLE applied_plan (
    workspace TEXT NOT NULL REFERENCES workspace (name),
    id TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
);

-- What differs from what was declared, and since when that is known.
CREATE TABLE drift (
    workspace TEXT NOT NULL REFERENCES workspace (name),
    address TEXT NOT NULL,
    field TEXT NOT NULL,
    since TEXT NOT NULL,
    PRIMARY KEY (workspace, address, field)
);
