"""Rewrites README's generated blocks: the settings table, and with --bench FILE the rows that `python -m bench --json` printed.

`--check` writes nothing and fails if the settings block is out of date.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from sourcehound.agent.settings import TABLE

README = Path(__file__).parent.parent / "README.md"


def settings_block() -> str:
    """The settings as a Markdown table."""
    rows = ["| key | default | meaning |", "|---|---|---|"]
    for setting in TABLE:
        default = ", ".join(setting.default) if isinstance(setting.default, tuple) else setting.default
        shown = f"`{default}`" if str(default) else "empty"
        rows.append(f"| `{setting.key}` | {shown} | {setting.doc} |")
    return "\n".join(rows)


def bench_block(file: Path) -> str:
    """Measured rows as a Markdown table, a goal that was missed in bold, and what they were measured on."""
    measured = json.loads(file.read_text(encoding="utf-8"))
    rows = ["| what | ours | the other | unit | ratio | goal | the other is |", "|---|--:|--:|---|--:|--:|---|"]
    for row in measured["rows"]:
        ratio = f"{row['ratio']:.2f}" if row["ratio"] <= row["goal"] else f"**{row['ratio']:.2f}**"
        figures = f"{row['ours']:.3g} | {row['other']:.3g} | {row['unit']} | {ratio} | ≤ {row['goal']:.2f}"
        rows.append(f"| `{row['name']}` | {figures} | {row['against']} |")
    machine = measured["machine"]
    rows += ["", f"Measured on {machine['cores']} cores, load at most {machine['load']:g} a core."]
    rows += [f"`{name}` was not measured: {why}" for name, why in measured["missing"].items()]
    return "\n".join(rows)


def put(text: str, name: str, block: str) -> str:
    """A text with the named block replaced."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    return pattern.sub(lambda match: f"{match[1]}{block}\n{match[2]}", text)


def main() -> None:
    """Write or check."""
    old = README.read_text(encoding="utf-8")
    new = put(old, "settings", settings_block())
    if "--bench" in sys.argv:
        new = put(new, "bench", bench_block(Path(sys.argv[sys.argv.index("--bench") + 1])))
    if "--check" in sys.argv:
        raise SystemExit(0 if new == old else "README's settings are out of date: python .ci/write_readme.py")
    README.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
