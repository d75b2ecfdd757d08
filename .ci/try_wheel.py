"""Tries a built wheel from outside the repository: only our names in it, the command runs, every prompt loads."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

CHECK = """
import importlib.util, sys
import sourcehound.agent, sourcehound.tools.sample, sourcehound.prompts
from sourcehound.agent.__main__ import main
assert "unpacked" in sourcehound.agent.__file__, sourcehound.agent.__file__
assert importlib.util.find_spec("agent") is None, "the wheel leaks a top-level name"
for name in sourcehound.prompts.names():
    sourcehound.prompts.load(name)
assert any(sourcehound.tools.sample.sample_folder().iterdir())
sys.argv = ["sourcehound", "--version"]
main()
"""


def main() -> None:
    """Unpack the wheel into a folder of its own and run it there with the installed dependencies only."""
    wheel, folder = Path(sys.argv[1]), Path(sys.argv[2])
    unpacked = folder / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        foreign = [name for name in archive.namelist() if not name.startswith(("sourcehound/", "sourcehound-"))]
        if foreign:
            raise SystemExit(f"the wheel holds foreign names: {foreign[:5]}")
        archive.extractall(unpacked)
    # -S and a path by hand: the editable install of the same name must not be what is tried
    site = [path for path in sys.path if path.endswith("site-packages")]
    environ = os.environ | {"PYTHONPATH": os.pathsep.join([str(unpacked), *site])}
    subprocess.run([sys.executable, "-S", "-c", CHECK], cwd=folder, env=environ, check=True)


main()
