-- The contacts that became part of others, as the documents of those have them. email is '' where there was none.
CREATE TABLE merged (
    workspace TEXT NOT NULL,
    id        TEXT NOT NULL,
    email     TEXT NOT NULL,
    contact   TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX merged_emails ON merged (workspace, email) WHERE email <> '';
CREATE INDEX merged_contacts ON merged (workspace, contact);
