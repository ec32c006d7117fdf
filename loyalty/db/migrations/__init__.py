"""Steps that bring an older database up to date. Run by loyalty/db/upgrade.py, never by the alembic command."""
