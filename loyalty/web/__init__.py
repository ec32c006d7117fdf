"""The server's Flask: back office and API."""
