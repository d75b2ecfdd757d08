"""A picture is opened where somebody would see it, and else it is said where it lies."""

from __future__ import annotations

from pathlib import Path

from sourcehound.agent.doors.viewer import has_screen, not_opened

PICTURE = Path("/shown/1.png")


def test_a_linux_terminal_without_a_screen_opens_no_viewer():
    assert not has_screen("linux", {})
    assert has_screen("linux", {"DISPLAY": ":0"})
    assert has_screen("linux", {"WAYLAND_DISPLAY": "wayland-0"})
    assert has_screen("darwin", {})


def test_what_could_not_be_opened_is_said_with_its_path():
    opened: list[str] = []

    def launch(path: str) -> int:
        opened.append(path)
        return len(opened) - 1

    assert "no screen" in not_opened(PICTURE, launch, platform="linux", environ={})
    assert opened == []
    assert not_opened(PICTURE, launch, platform="darwin", environ={}) == ""
    failed = not_opened(PICTURE, launch, platform="linux", environ={"DISPLAY": ":0"})
    assert failed == "no viewer could open it; open the file yourself: /shown/1.png"
