"""Executes every notebook of a folder in a fresh kernel; a failing cell fails the run. Nothing is written back."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def main() -> None:
    """Run them one by one."""
    folder = Path(sys.argv[1])
    notebooks = sorted(folder.glob("*.ipynb"))
    if not notebooks:
        raise SystemExit(f"no notebook in {folder}")
    for path in notebooks:
        notebook = nbformat.read(path, as_version=4)
        if any(cell.get("outputs") for cell in notebook.cells):
            raise SystemExit(f"{path}: outputs are committed; clear them")
        NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(folder)}}).execute()
        sys.stdout.write(f"{path.name}: {len(notebook.cells)} cells ran\n")


main()
