"""How quick the back office's pages of members are in a large shop."""
