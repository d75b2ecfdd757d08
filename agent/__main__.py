"""The command's entry: sets the switches that must be set before any import, then opens the command line (doors/cli.py)."""

from __future__ import annotations

import os
import sys
import threading

_OFF = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "LANGSMITH_TRACING": "false",
    "LANGCHAIN_TRACING_V2": "false",
    "LANGGRAPH_STRICT_MSGPACK": "true",
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "OMP_WAIT_POLICY": "PASSIVE",
    "OPENBLAS_NUM_THREADS": "1",
}
"""Telemetry and downloads off; worker threads that do not spin. SOURCEHOUND_TRACE=1 leaves LangSmith's switches alone."""


def main() -> None:
    """Run the command line and end the process with the contract's exit code."""
    kept = {"LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"} if os.environ.get("SOURCEHOUND_TRACE") == "1" else set[str]()
    os.environ.update({name: value for name, value in _OFF.items() if name not in kept})
    from sourcehound.agent.doors.cli import run

    code = run(sys.argv[1:])
    if any(thread is not threading.main_thread() and not thread.daemon for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)  # a tool that still runs, or a worker that Ctrl-C caught half started, keeps nobody waiting
    sys.exit(code)


if __name__ == "__main__":
    main()
