"""The verbs: one file each, from a body to changes in a plan. Spec: programme, sections 3 to 5."""
