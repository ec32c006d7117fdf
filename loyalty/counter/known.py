"""A few facts that a counter must know again after a restart: texts by name, on its own disk."""

from loyalty.counter.store import Store


class Known:
    """Thread-safe, as the store is."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, name: str) -> str | None:
        rows = self._store.rows("SELECT value FROM known WHERE name = ?", name)
        return str(rows[0]["value"]) if rows else None

    def put(self, name: str, value: str) -> None:
        with self._store.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO known (name, value) VALUES (?, ?)", (name, value))

    def forget(self, name: str) -> None:
        with self._store.writing() as connection:
            connection.execute("DELETE FROM known WHERE name = ?", (name,))
