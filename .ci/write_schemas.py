"""Writes the JSON Schemas of the printed documents to docs/schemas; a test compares them with the models."""

from __future__ import annotations

from pathlib import Path

from sourcehound.agent.schemas import DOCUMENTS, json_schema

FOLDER = Path(__file__).parent.parent / "docs" / "schemas"


def main() -> None:
    """Write all of them, and take away what is no longer one."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for stale in FOLDER.glob("*.json"):
        stale.unlink()
    for name in DOCUMENTS:
        (FOLDER / f"{name}.json").write_text(json_schema(name), encoding="utf-8")


if __name__ == "__main__":
    main()
