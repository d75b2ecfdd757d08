"""The commands of a chat, a line that begins with `/` each. A new one is a function here and a line in `COMMANDS`.

Knows nothing of terminals, nor of how a question is asked.
"""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sourcehound.agent.asking import dates_of
from sourcehound.agent.doors.card import card_of, counted, words_of
from sourcehound.agent.doors.console import Console
from sourcehound.tools.errors import InputError
from sourcehound.tools.library.within import Within

if TYPE_CHECKING:
    from sourcehound.agent.hound import Sourcehound

_QUOTE = 100
_COMMAND = re.compile(r"/[a-z]+(?=\s|$)")


class Session(Protocol):
    """What the commands need of a chat."""

    hound: Sourcehound
    console: Console
    options: dict[str, Any]
    thread: str | None
    viewer: Callable[[str], int] | None
    over: bool

    def say(self, words: str) -> None:
        """Write what was asked to be seen."""
        ...

    def ask(self, question: str | None, *, resume: bool = False) -> None:
        """Ask a question, or go on with the one that was stopped."""
        ...

    def go_on_with(self, thread: str) -> None:
        """Make a saved thread the one that the next question belongs to."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command of the chat.

    Attributes:
        takes: its argument as help shows it, in brackets if it may be left out; empty for none.
        help: what it does.
        do: does it, given the argument's words; InputError where they make no sense.
    """

    name: str
    takes: str
    help: str
    do: Callable[[Session, str], None]


def is_command(line: str) -> bool:
    """Whether a line is a command: a path at the start of a question is none."""
    return _COMMAND.match(line) is not None


def obey(chat: Session, line: str) -> None:
    """Do the command of a line.

    Raises:
        InputError: there is no such command, or its argument makes no sense.
    """
    name, _, argument = line.partition(" ")
    command = next((command for command in COMMANDS if command.name == name), None)
    if command is None:
        near = difflib.get_close_matches(name, [command.name for command in COMMANDS], n=1)
        raise InputError(f"unknown command {name}", remedy=f"did you mean {near[0]}?" if near else "see /help")
    argument = argument.strip()
    if bool(argument) != bool(command.takes) and not command.takes.startswith("["):
        raise InputError(f"{name} takes {command.takes or 'nothing'}", remedy="see /help")
    command.do(chat, argument)


def _open(chat: Session, citation: str) -> None:
    from sourcehound.agent.doors.show_command import save_picture

    path, exhibit = save_picture(chat.hound, _in_thread(chat, citation), None)
    chat.say(str(path))
    if not exhibit.is_whole:
        chat.console.note(exhibit.remark)
    if chat.viewer is not None and chat.viewer(str(path)) != 0:
        raise InputError(f"no viewer could open {path}", remedy="open the file yourself")


def _show(chat: Session, citation: str) -> None:
    from sourcehound.agent.showing import remark_of
    from sourcehound.tools.show.show import describe

    runner = chat.hound.runner
    cited = runner.cited(_in_thread(chat, citation))
    remark = remark_of(runner.showing.held(cited.evidence), cited.evidence)
    chat.say(describe(cited.evidence, n=cited.n, remark=remark))


def _in_thread(chat: Session, citation: str) -> str:
    return citation if ":" in citation else f"{_thread(chat)}:{citation}"


def _thread(chat: Session) -> str:
    if chat.thread is None:
        raise InputError("nothing has been asked yet", remedy="ask a question first")
    return chat.thread


def _evidence(chat: Session, _: str) -> None:
    for evidence in chat.hound.runner.ledger.all_evidence(_thread(chat)):
        card = card_of(evidence.to_json(), n=0)
        where = f", {card.where}" if card.where else ""
        quote = f"  “{words_of(card.quote, _QUOTE)}”" if card.quote else ""
        chat.say(f"{card.id:<5}{card.kind_words.lower()}: {card.title}{where}{quote}")


def _sources(chat: Session, _: str) -> None:
    places: dict[str, list[str]] = defaultdict(list)
    titles: dict[str, str] = {}
    for evidence in chat.hound.runner.ledger.all_evidence(_thread(chat)):
        name = evidence.source.path or evidence.source.uri
        places[name].append(evidence.id)
        titles.setdefault(name, evidence.source.title)
    for name, ids in places.items():
        chat.say(f"{words_of(titles[name], 80)}: {', '.join(ids)}\n    {words_of(name, 500)}")


def _web(chat: Session, switch: str) -> None:
    if switch not in {"", "on", "off"}:
        raise InputError(f"/web takes on or off, not {switch}")
    if switch:
        chat.options["web"] = switch == "on"
    wanted = chat.options.get("web")
    on = chat.hound.settings["web.enabled"] if wanted is None else wanted
    chat.console.note(f"the web is {'on' if on else 'off'}")


def _in(chat: Session, glob: str) -> None:
    chat.options["within"] = glob or None
    chat.console.note(_scope(chat))


def _since(chat: Session, date: str) -> None:
    _dated(chat, since=date or None, until=chat.options.get("until"))


def _until(chat: Session, date: str) -> None:
    _dated(chat, since=chat.options.get("since"), until=date or None)


def _dated(chat: Session, *, since: str | None, until: str | None) -> None:
    chat.options["since"], chat.options["until"] = dates_of(since, until)
    chat.console.note(_scope(chat))


def _scope(chat: Session) -> str:
    """The files that questions are about now."""
    scope = Within(
        globs=(chat.options.get("within"),), since=chat.options.get("since"), until=chat.options.get("until")
    )
    files = counted(chat.hound.library.searched(scope)["files"], "file")
    return f"all {files}" if scope.is_all else f"{files} {scope.words}"


def _model(chat: Session, name: str) -> None:
    if name:
        chat.hound.check_models(model=name)
        chat.options["model"] = name
    chat.console.note(f"the planner is {chat.options.get('model') or chat.hound.settings['model']}")


def _new(chat: Session, _: str) -> None:
    chat.thread = None
    chat.console.note("the next question begins a new thread")


def _threads(chat: Session, thread: str) -> None:
    if thread:
        chat.go_on_with(chat.hound.runner.threads.get(thread).id)
        return
    for saved in chat.hound.runner.threads.all():
        status = saved.answer["status"] if saved.answer and saved.state == "done" else saved.state
        mark = "*" if saved.id == chat.thread else " "
        chat.say(f"{mark} {saved.id}  {saved.updated}  {status:<9}  {words_of(saved.question, 200)}")


def _resume(chat: Session, _: str) -> None:
    if chat.hound.runner.threads.get(_thread(chat)).state == "done":
        raise InputError("the last question was answered", remedy="ask another one")
    chat.ask(None, resume=True)


def _help(chat: Session, _: str) -> None:
    for command in COMMANDS:
        chat.say(f"{f'{command.name} {command.takes}'.rstrip():<16} {command.help}")


def _quit(chat: Session, _: str) -> None:
    chat.over = True


COMMANDS: tuple[Command, ...] = (
    Command(name="/open", takes="N", help="make the picture of citation N and open it", do=_open),
    Command(name="/show", takes="N", help="citation N in words: its place, quote and link", do=_show),
    Command(name="/evidence", takes="", help="everything this thread has found", do=_evidence),
    Command(name="/sources", takes="", help="the files and pages that it was found in", do=_sources),
    Command(name="/web", takes="[on|off]", help="use the web too, or not", do=_web),
    Command(name="/in", takes="[GLOB]", help="only these files; all again without a glob", do=_in),
    Command(name="/since", takes="[DATE]", help="only what is of this day, month or year, or later", do=_since),
    Command(name="/until", takes="[DATE]", help="only what is of this day, month or year, or earlier", do=_until),
    Command(name="/model", takes="[NAME]", help="another planner, as openai:NAME[@URL]", do=_model),
    Command(name="/new", takes="", help="begin a new thread", do=_new),
    Command(name="/threads", takes="[ID]", help="saved threads; with an id, go on with that one", do=_threads),
    Command(name="/resume", takes="", help="go on with the question that was stopped", do=_resume),
    Command(name="/help", takes="", help="these commands", do=_help),
    Command(name="/quit", takes="", help="leave; so does Ctrl-D", do=_quit),
)
