"""People and what identifies them: members, their cards from issue to retirement, look-up and search."""
