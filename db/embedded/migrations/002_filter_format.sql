-- The version of the form of a segment's filter; see filter.Format.
ALTER TABLE segments ADD COLUMN format INTEGER NOT NULL DEFAULT 1;
