-- doc is the contact as BSON. The email is in a column of its own so that it can be unique in the workspace.
CREATE TABLE contacts (
    workspace TEXT NOT NULL,
    id        TEXT NOT NULL,
    email     TEXT,
    doc       BLOB NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX contacts_email ON contacts (workspace, email) WHERE email IS NOT NULL;

-- filter is the JSON text as it was sent; times are milliseconds since 1970.
CREATE TABLE segments (
    workspace   TEXT NOT NULL,
    id          TEXT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT NOT NULL,
    filter      TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    updated_at  INTEGER NOT NULL,
    version     INTEGER NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

-- The catalogue of a workspace. shape is a db.Shape; type is the declared one, NULL where there is none.
CREATE TABLE fields (
    workspace   TEXT NOT NULL,
    path        TEXT NOT NULL,
    shape       INTEGER NOT NULL,
    type        TEXT,
    label       TEXT NOT NULL,
    description TEXT NOT NULL,
    PRIMARY KEY (workspace, path)
) STRICT, WITHOUT ROWID;
