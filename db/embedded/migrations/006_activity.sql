-- What was done to contacts before what they keep themselves. id is the contact's, a space and the version that was made
-- of the contact in 19 digits, at is in milliseconds since 1970, doc is a db.Activity as BSON.
CREATE TABLE activity (
    workspace TEXT NOT NULL,
    id        TEXT NOT NULL,
    at        INTEGER NOT NULL,
    doc       BLOB NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX activity_at ON activity (workspace, at);
