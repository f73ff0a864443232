"""The faces of a search: pages for people, JSON for programs, health for machines.

Nothing is imported here: the command line stands in this package, and most of its commands need no web.
"""
