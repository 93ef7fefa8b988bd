-- job is a db.Job as JSON; the other columns are what jobs are found by. finished_at is in milliseconds since 1970,
-- NULL where the job is not finished.
CREATE TABLE jobs (
    workspace   TEXT NOT NULL,
    id          TEXT NOT NULL,
    kind        TEXT NOT NULL,
    state       TEXT NOT NULL,
    finished_at INTEGER,
    job         TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

-- Those that wait or run are asked for every few seconds.
CREATE INDEX jobs_state ON jobs (workspace, state, id);
CREATE INDEX jobs_finished ON jobs (workspace, finished_at) WHERE finished_at IS NOT NULL;

-- path is a list of texts and whole numbers as JSON. cut is 1 where record is only the beginning.
CREATE TABLE problems (
    workspace TEXT NOT NULL,
    job       TEXT NOT NULL,
    number    INTEGER NOT NULL,
    contact   TEXT NOT NULL,
    code      TEXT NOT NULL,
    message   TEXT NOT NULL,
    path      TEXT NOT NULL,
    record    BLOB NOT NULL,
    cut       INTEGER NOT NULL,
    PRIMARY KEY (workspace, job, number)
) STRICT, WITHOUT ROWID;
