"""Kills `add` and `ask` (SIGKILL) at random moments, lets them go on, and counts what is lost, doubled or done twice.

    python -m bench.kills --kills 30                 both engines, a process for each run, as a person starts them
    python -m bench.kills --kills 2 --warm           quick: every run is forked from one process that has all imports

Each round kills (or interrupts, as Ctrl-C does) one run and starts the same command again (`ask --resume`); what is then
in the library, or the answer, must be that of a run that nobody disturbed. Prints one JSON line; exit 0 when every
figure that must be 0 is.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.kills_run import Cold, Launcher, Run, Warm
from bench.kills_seen import Seen, differences, read_events, same_answer, see

ENGINES = ("exact", "chroma")
QUESTION = "Who is the skipper of the boat that carried the new tide gauge to Needle Island?"
INTERRUPTED = 130
NOTHING_UNFINISHED = 2
MOST_NAMED = 20
MUST_BE_ZERO = ("lost", "doubled", "changed", "unsound", "wrong_exit", "redone_too_often")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What all rounds of one engine share.

    Attributes:
        files: the folder that is indexed.
        folder: for the homes.
        ends: the signal that ends the first run of each round.
        keeps_cache: whether each home begins with the weights already unpacked.
    """

    launcher: Launcher
    files: Path
    folder: Path
    engine: str
    ends: Sequence[signal.Signals]
    keeps_cache: bool

    def run(self, home: Path, *arguments: str) -> tuple[int, str]:
        """Run a command to its end; returns its exit status (below 0: killed) and its stdout."""
        process, output = self._start(home, arguments)
        return process.wait(), output.read_text(encoding="utf-8")

    def end(self, home: Path, *arguments: str, number: signal.Signals, after_s: float) -> tuple[int, str]:
        """Run a command for so many seconds and send it a signal."""
        process, output = self._start(home, arguments)
        time.sleep(after_s)
        process.send(number)
        return process.wait(), output.read_text(encoding="utf-8")

    def timed(self, home: Path, *arguments: str) -> tuple[float, int, str]:
        """Run a command to its end; its seconds come first."""
        process, output = self._start(home, arguments)
        begun = time.monotonic()
        code = process.wait()
        return time.monotonic() - begun, code, output.read_text(encoding="utf-8")

    def _start(self, home: Path, arguments: Sequence[str]) -> tuple[Run, Path]:
        output = self.folder / "stdout"
        variables = {"SOURCEHOUND_INDEX__ENGINE": self.engine, "SOURCEHOUND_HOME": str(home)}
        return self.launcher.start(arguments, variables, output), output


def run(
    n: int,
    *,
    engines: Sequence[str] = ENGINES,
    seed: int = 0,
    warm: bool = False,
    interrupts: int = 0,
) -> list[dict[str, Any]]:
    """Kill `add` and `ask` `n` times each, on each engine.

    Args:
        n: kills of each.
        engines: `index.engine` of the runs.
        seed: of the moments.
        warm: fork the runs from one process instead of starting Python each time, and index less.
        interrupts: how often each is interrupted (SIGINT) beside that.

    Returns:
        A row for each command and engine: how many runs were killed, how many had ended before, what was lost, doubled,
        changed or done twice.
    """
    rows: list[dict[str, Any]] = []
    ends = [signal.SIGKILL] * n + [signal.SIGINT] * interrupts
    with tempfile.TemporaryDirectory(prefix="sourcehound-kills-") as temporary:
        folder = Path(temporary)
        files = make_files(folder / "files", few=warm)
        launcher = Warm() if warm else Cold()
        try:
            for engine in engines:
                trial = Trial(
                    launcher=launcher,
                    files=files,
                    folder=folder / engine,
                    engine=engine,
                    ends=ends,
                    keeps_cache=warm,
                )
                trial.folder.mkdir()
                chance = random.Random(seed)
                rows.append(kill_add(trial, chance))
                rows.append(kill_ask(trial, chance))
        finally:
            launcher.close()
    return rows


def make_files(folder: Path, *, few: bool) -> Path:
    """Notes, pictures and the report of the sample, with texts beside them; if few, notes and short texts only."""
    from sourcehound.tools.sample.library import sample_folder

    sample = sample_folder()
    shutil.copytree(sample / "notes", folder / "notes")
    if not few:
        (folder / "photos").mkdir()
        for name in ("chart.png", "wiring.png"):
            shutil.copy(sample / "photos" / name, folder / "photos" / name)
        shutil.copy(sample / "report.pdf", folder / "report.pdf")
    for number in range(6 if few else 12):
        words = " ".join(f"Boat {number} lay at mooring {number + n} in week {n}." for n in range(2 if few else 20))
        (folder / f"log-{number}.txt").write_text(words, encoding="utf-8")
    return folder


def kill_add(trial: Trial, chance: random.Random) -> dict[str, Any]:
    """Kill `add` once in each round, then let it go on to its end."""
    add = ("add", str(trial.files), "--json", "-q")
    undisturbed = trial.folder / "undisturbed"
    seconds, code, _ = trial.timed(undisturbed, *add)
    expected = see(undisturbed)
    counts: Counter[str] = Counter(wrong_exit=int(code != 0))
    wrong: list[str] = []
    for number, end in enumerate(trial.ends):
        home = trial.folder / f"add-{number}"
        if trial.keeps_cache:
            _copy(undisturbed / "cache", home / "cache")
        ended, _ = trial.end(home, *add, number=end, after_s=chance.uniform(0, seconds))
        counts.update(_ended(ended, end, whole=0))
        counts["unsound"] += not _adds_up(home)
        code, _ = trial.run(home, *add)
        counts["wrong_exit"] += code != 0
        seen = see(home)
        differing, named = differences(expected, seen)
        counts.update(differing)
        wrong += [f"round {number}: {words}" for words in named]
        redone = seen.attempts - expected.attempts
        counts["redone"] += redone
        counts["redone_too_often"] += redone > 1
        shutil.rmtree(home)
    return _row("add", trial, counts, seconds) | {"wrong": wrong[:MOST_NAMED]}


def kill_ask(trial: Trial, chance: random.Random) -> dict[str, Any]:
    """Kill `ask` once in each round, then resume it to its answer."""
    built = trial.folder / "undisturbed"
    ask = ("ask", QUESTION, "--ndjson", "-q")
    home = _copy(built, trial.folder / "asked")
    seconds, code, output = trial.timed(home, *ask)
    expected = read_events(output)
    held = see(home)
    counts: Counter[str] = Counter(wrong_exit=int(code not in {0, 3}), unsound=int(expected.answer is None))
    for number, end in enumerate(trial.ends):
        home = _copy(built, trial.folder / f"ask-{number}")
        ended, output = trial.end(home, *ask, number=end, after_s=chance.uniform(0, seconds))
        first = read_events(output)
        counts.update(_ended(ended, end, whole=code))
        again, output = trial.run(home, "ask", "--resume", "--ndjson", "-q")
        if again == NOTHING_UNFINISHED and not first.events:
            again, output = trial.run(home, *ask)
        elif again == NOTHING_UNFINISHED:
            counts["lost"] += first.answer is None
            again, output = code, json.dumps({"type": "done", "data": first.answer}) + "\n"
        second = read_events(output)
        counts["wrong_exit"] += again != code
        counts["changed"] += not same_answer(expected.answer, second.answer)
        counts.update(_of_ledger(held, see(home)))
        redone = sum((first.steps + second.steps - expected.steps).values())
        counts["redone"] += redone
        counts["redone_too_often"] += redone > 1
        shutil.rmtree(home)
    return _row("ask", trial, counts, seconds)


def _of_ledger(expected: Seen, seen: Seen) -> dict[str, int]:
    return {
        "unsound": int(seen.unsound),
        "doubled": max(0, seen.calls - expected.calls) + max(0, seen.evidence - expected.evidence),
        "lost": max(0, expected.calls - seen.calls) + max(0, expected.evidence - seen.evidence),
        "not_pruned": int(seen.checkpoints != expected.checkpoints),
    }


def _adds_up(home: Path) -> bool:
    """Whether `status` can read what a kill left, and accounts for every file."""
    from sourcehound.agent.hound import Sourcehound

    with Sourcehound(home=home) as hound:
        files = hound.status()["files"]
    return files["found"] == sum(files[state] for state in ("indexed", "skipped", "failed", "pending"))


def _ended(status: int, number: signal.Signals, *, whole: int) -> dict[str, int]:
    """How a run ended: killed, interrupted, before that by itself, or as it should not."""
    as_killed = {-number} if number == signal.SIGKILL else {INTERRUPTED}
    if status in as_killed:
        return {"killed" if number == signal.SIGKILL else "interrupted": 1}
    return {"ended_before": 1} if status == whole else {"wrong_exit": 1, f"exit {status} after {number.name}": 1}


def _copy(home: Path, to: Path) -> Path:
    shutil.copytree(home, to)
    return to


def _row(command: str, trial: Trial, counts: Counter[str], seconds: float) -> dict[str, Any]:
    shown = {name: counts[name] for name in ("killed", "interrupted", "ended_before", "redone", *MUST_BE_ZERO)}
    return {
        "command": command,
        "engine": trial.engine,
        "runs": len(trial.ends),
        **shown,
        **{name: count for name, count in sorted(counts.items()) if name not in shown},
        "seconds_undisturbed": round(seconds, 2),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rounds and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=30, help="of each command on each engine")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--engine", choices=ENGINES, action="append", help="only this one; may be repeated")
    parser.add_argument("--warm", action="store_true", help="fork the runs from one warm process; fewer files")
    parser.add_argument("--interrupts", type=int, default=0, help="the same with Ctrl-C (SIGINT)")
    options = parser.parse_args(arguments)
    rows = run(
        options.kills,
        engines=options.engine or ENGINES,
        seed=options.seed,
        warm=options.warm,
        interrupts=options.interrupts,
    )
    print(json.dumps(rows))
    return int(any(row[name] for row in rows for name in MUST_BE_ZERO))


if __name__ == "__main__":
    sys.exit(main())
