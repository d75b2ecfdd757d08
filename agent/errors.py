"""Errors of the mind: models, and the person who stops it. The root and the tools' errors are in tools/errors.py.

SourcehoundError
+ ModelError             a call to a model failed                 node retries, then exit 75
+ Interrupted            Ctrl-C stopped a command                 person, exit 130

A budget that is spent is no error: it ends the search, and the answer's `stop` names it.
"""

from __future__ import annotations

from sourcehound.tools.errors import SourcehoundError


class ModelError(SourcehoundError):
    """A model that the person named cannot be reached or refuses; it is never silently replaced."""

    exit_code = 75


class Interrupted(SourcehoundError):
    """The person pressed Ctrl-C; what was committed stays."""

    exit_code = 130
