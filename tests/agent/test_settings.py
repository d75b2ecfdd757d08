"""Settings: one table, four layers, wrong values refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from sourcehound.agent.settings import TABLE, Settings, variable
from sourcehound.tools.errors import ConfigError


def test_every_key_has_its_default_without_any_layer(tmp_path: Path):
    settings = Settings.load(tmp_path, {})
    assert {setting.key: settings[setting.key] for setting in TABLE} == {s.key: s.default for s in TABLE}


def test_flag_wins_over_environment_over_file(tmp_path: Path):
    (tmp_path / "config.toml").write_text('model = "ollama:file"\n[index]\nengine = "chroma"\n', encoding="utf-8")
    environ = {"SOURCEHOUND_INDEX__ENGINE": "exact"}
    assert Settings.load(tmp_path, {})["index.engine"] == "chroma"
    assert Settings.load(tmp_path, environ)["index.engine"] == "exact"
    assert Settings.load(tmp_path, environ, {"index.engine": "auto"})["index.engine"] == "auto"
    assert Settings.load(tmp_path, environ, {"model": None})["model"] == "ollama:file"


def test_values_are_parsed_to_the_type_of_their_default(tmp_path: Path):
    environ = {
        "SOURCEHOUND_ASK__MAX_STEPS": "3",
        "SOURCEHOUND_WEB__ENABLED": "yes",
        "SOURCEHOUND_WEB__ALLOW_HOSTS": "a:1, b:2",
    }
    settings = Settings.load(tmp_path, environ)
    assert (settings["ask.max_steps"], settings["web.enabled"], settings["web.allow_hosts"]) == (
        3,
        True,
        ("a:1", "b:2"),
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SOURCEHOUND_ASK__MAX_STEPS", "many"),
        ("SOURCEHOUND_INDEX__ENGINE", "faiss"),
        ("SOURCEHOUND_WEB__ENABLED", "maybe"),
    ],
)
def test_a_wrong_value_is_refused_with_the_layer_named(tmp_path: Path, name: str, value: str):
    with pytest.raises(ConfigError, match=name):
        Settings.load(tmp_path, {name: value})


@pytest.mark.parametrize(
    ("key", "value", "bounds"),
    [
        ("compute.threads", 0, "a whole number of 1 or more"),
        ("ask.timeout", -1, "a number of 0 or more"),
        ("ask.timeout", "nan", "a number of 0 or more"),
        ("find.drop", 1.5, r"a number in 0\.\.1"),
    ],
)
def test_a_number_out_of_its_range_is_refused_with_the_range_named(
    tmp_path: Path, key: str, value: float | str, bounds: str
):
    with pytest.raises(ConfigError, match=f"{key} in the call must be {bounds}"):
        Settings.load(tmp_path, {}, {key: value})


def test_an_unknown_key_is_refused_with_the_nearest_known_one(tmp_path: Path):
    (tmp_path / "config.toml").write_text('[index]\nengin = "exact"\n', encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        Settings.load(tmp_path, {})
    assert "index.engine" in str(caught.value)


def test_broken_toml_is_refused(tmp_path: Path):
    (tmp_path / "config.toml").write_text("model = ", encoding="utf-8")
    with pytest.raises(ConfigError, match="TOML"):
        Settings.load(tmp_path, {})


def test_a_variable_is_named_after_its_key():
    assert variable("index.engine") == "SOURCEHOUND_INDEX__ENGINE"
