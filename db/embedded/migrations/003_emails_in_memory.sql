-- That emails are unique is for the index in memory to say: an index on disk, which new emails meet in random order,
-- took most of the time of writing.
DROP INDEX contacts_email;
ALTER TABLE contacts DROP COLUMN email;

-- How many contacts a workspace has.
CREATE TABLE sizes (
    workspace TEXT NOT NULL PRIMARY KEY,
    contacts  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO sizes SELECT workspace, count(*) FROM contacts GROUP BY workspace;
