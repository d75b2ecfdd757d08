"""The errors people and models meet, named by who must react.

    SourcehoundError           root; says what, where and what to do            exit 70
    + InputError               wrong usage or input                   person    exit 2
    + ConfigError              missing or contradictory setting       person    exit 78
    + BusyError                locked, disk full, server down         try again exit 75
    + ToolError                root of the hands                      node `act`
      - ToolInputError         the model's arguments are wrong        shown to the model
      - SourceUnavailable      network, rate limit, index missing     back off, then shown
      - MediaError             a file cannot be decoded               skipped and reported

Knows nothing of models: those errors are in agent/errors.py. Nothing found, not supported, unanswerable and a budget that
is spent are values, not errors.
"""

from __future__ import annotations

from typing import ClassVar


class SourcehoundError(Exception):
    """Root of every error that Sourcehound raises on purpose.

    Args:
        message: what happened and where, one line.
        remedy: what the person can do about it, one line.
    """

    exit_code: ClassVar[int] = 70

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} ({self.remedy})" if self.remedy else self.message


class InputError(SourcehoundError):
    """The person's command or input is wrong: a missing folder, an unknown option, a malformed line."""

    exit_code = 2


class ConfigError(SourcehoundError):
    """A setting is missing or contradictory, a model or encoder is unknown, weights differ from their hash."""

    exit_code = 78


class BusyError(SourcehoundError):
    """Something outside stands in the way for now: a lock, a full disk, a server that is down."""

    exit_code = 75


class ToolError(SourcehoundError):
    """Root of what can go wrong while a tool works.

    Args:
        message: what happened and where, one line.
        remedy: what to do about it, one line.
        tool: name of the tool that failed, if one was being run.
    """

    def __init__(self, message: str, *, remedy: str | None = None, tool: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.tool = tool


class ToolInputError(ToolError):
    """A tool's arguments are wrong; the message tells the model how to call it right."""

    exit_code = 2


class SourceUnavailable(ToolError):
    """A source cannot be reached now.

    Args:
        message: what happened and where, one line.
        reason: `offline`, `rate_limited`, `blocked`, `timeout`, `refused` or `missing`.
        remedy: what to do about it, one line.
        retry_after_s: seconds after which another try makes sense, if the source said so.
    """

    exit_code = 75

    def __init__(
        self,
        message: str,
        *,
        reason: str,
        remedy: str | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.reason = reason
        self.retry_after_s = retry_after_s


class MediaError(ToolError):
    """A file cannot be read as what it claims to be; the others go on without it.

    Args:
        message: what is wrong with it, one line without the path.
        path: the file.
        retry: whether another try could end differently (a time limit, not a broken file).
    """

    exit_code = 2

    def __init__(self, message: str, *, path: str, retry: bool = False) -> None:
        super().__init__(message)
        self.path = path
        self.retry = retry
