"""What stands in the counter's store, step by step as it came; new steps are put at the end."""

_TABLES = """
CREATE TABLE command (
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, request TEXT NOT NULL, body TEXT NOT NULL,
    state TEXT NOT NULL, made_at TEXT NOT NULL, answered_at TEXT, outcome TEXT
) STRICT;
CREATE INDEX command_open ON command (seq) WHERE state IN ('pending', 'sent');
CREATE TABLE member (id TEXT PRIMARY KEY, view TEXT NOT NULL, as_of TEXT NOT NULL) STRICT;
CREATE TABLE credential (
    kind TEXT NOT NULL, value TEXT NOT NULL, member TEXT, blocked TEXT, PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
CREATE TABLE print_job (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, member TEXT, purchase TEXT, body TEXT NOT NULL, state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, made_at TEXT NOT NULL, next_try_at TEXT, armed_at TEXT,
    trouble TEXT, detail TEXT
) STRICT;
CREATE INDEX print_job_open ON print_job (kind, state);
"""
_REDEMPTIONS = """
CREATE TABLE redemption (
    id TEXT PRIMARY KEY, member TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL, sale TEXT, made_at TEXT NOT NULL
) STRICT;
CREATE INDEX redemption_open ON redemption (state) WHERE state IN ('asking', 'held', 'sold');
"""
_TILLS = """
CREATE TABLE till_receipt (
    id TEXT PRIMARY KEY, request TEXT NOT NULL, made_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""
_KNOWN = """
CREATE TABLE known (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""
_SEALED = """
ALTER TABLE member ADD COLUMN sought TEXT;
ALTER TABLE print_job ADD COLUMN as_of TEXT;
CREATE INDEX credential_member ON credential (member);
CREATE INDEX credential_value ON credential (value);
CREATE INDEX print_job_member ON print_job (member, kind);
"""
_CLOCK = """
ALTER TABLE command ADD COLUMN clock_off_s REAL NOT NULL DEFAULT 0;
"""
STEPS = (_TABLES, _REDEMPTIONS, _TILLS, _KNOWN, _SEALED, _CLOCK)
"""What each version of the file added."""
VERSION = len(STEPS)
SEALED_SINCE = 5
"""From this version on everything personal is sealed."""


def sought_by(number: str, name: str) -> str:
    """What a search by number or name looks at: the column `sought` of a member, before it is sealed."""
    return f"{number}\n{name.casefold()}"
