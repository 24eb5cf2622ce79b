package access

// Schema makes the tables of this package; plain SQL for SQLite and PostgreSQL. Times are
// Unix seconds. Secrets stand here as SHA-256 only: they are random, so nothing slower is
// needed.
const Schema = `
CREATE TABLE sessions (
	id          TEXT PRIMARY KEY,
	secret_hash TEXT NOT NULL UNIQUE,
	user_name   TEXT NOT NULL,
	user_uid    TEXT NOT NULL,
	kind        TEXT NOT NULL,
	by_link     INTEGER NOT NULL,
	created     BIGINT NOT NULL,
	last_seen   BIGINT NOT NULL,
	expires     BIGINT NOT NULL,
	remote      TEXT NOT NULL,
	user_agent  TEXT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_name);
CREATE TABLE sign_in_links (
	secret_hash TEXT PRIMARY KEY,
	user_name   TEXT NOT NULL,
	user_uid    TEXT NOT NULL,
	expires     BIGINT NOT NULL
);
`
