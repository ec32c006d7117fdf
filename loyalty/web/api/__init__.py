"""The HTTP API for programs: keys instead of sessions, JSON instead of pages."""

from flask import Flask


def register(app: Flask) -> None:
    """Adds the API's blueprints to `app`."""
