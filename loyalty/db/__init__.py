"""The database: typed base, sessions with one writer, statements compiled once, migrations."""
