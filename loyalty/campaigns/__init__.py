"""Segments and campaigns, and the trial of a programme on recorded sales."""
