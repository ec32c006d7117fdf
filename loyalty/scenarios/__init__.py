"""Scenario files: a programme, dated steps, and what the shop expects. Spec: programme, section 3."""
