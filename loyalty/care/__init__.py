"""Caring for members: contacts, cases with their steps and deadlines, tasks, surveys, visits, and how all that goes."""
