"""What a counter and the server say to each other: frozen dataclasses and their JSON."""
