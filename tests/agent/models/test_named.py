"""Model strings: what they name, and what is said where they name nothing that is there."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from sourcehound.agent.models.named import ModelName, open_chat_model, parse_model_name
from sourcehound.agent.testing import FakeOpenAI
from sourcehound.tools.errors import ConfigError


@pytest.mark.parametrize(
    ("name", "parsed"),
    [
        ("openai:gpt-5", ModelName(provider="openai", model="gpt-5")),
        ("ollama:qwen3:8b", ModelName(provider="ollama", model="qwen3:8b")),
        (
            "openai:my@model@http://127.0.0.1:8080/v1/",
            ModelName(provider="openai", model="my@model", url="http://127.0.0.1:8080/v1"),
        ),
        ("google-genai:gemini", ModelName(provider="google_genai", model="gemini")),
        ("anthropic:claude@20250101", ModelName(provider="anthropic", model="claude@20250101")),
    ],
)
def test_a_model_string_is_taken_apart(name: str, parsed: ModelName):
    assert parse_model_name(name) == parsed


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gpt-5", "no model string; did you mean openai:gpt-5"),
        ("openai:", "no model string"),
        ("openai:@http://127.0.0.1/v1", "names no model"),
        ("anthropic:x@http://127.0.0.1/v1", "needs OpenAI's protocol"),
        ("openai:x@http:///v1", "no address"),
        ("openai:gpt-5", "OPENAI_API_KEY is not set"),
        ("anthropic:claude", "ANTHROPIC_API_KEY is not set"),
        ("opnai:gpt-5", "unknown model provider 'opnai'.*did you mean openai"),
        ("hf:/models/x", "unknown model provider 'hf'"),
        ("huggingface:x", "package that is not installed.*pip install langchain-huggingface"),
    ],
)
def test_a_model_string_that_names_nothing_says_what_to_write(name: str, said: str):
    with pytest.raises(ConfigError, match=said) as caught:
        open_chat_model(name, environ={})
    assert caught.value.exit_code == 78
    assert caught.value.remedy


def test_a_password_in_an_address_is_refused_and_not_repeated():
    with pytest.raises(ConfigError) as caught:
        open_chat_model("openai:x@http://me:secret@127.0.0.1/v1", environ={})
    assert "secret" not in str(caught.value)


def test_without_the_packages_the_extra_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "langchain.chat_models", None)
    with pytest.raises(ConfigError, match=r'pip install "sourcehound\[models\]"'):
        open_chat_model("openai:x@http://127.0.0.1:1/v1", environ={})


@pytest.mark.parametrize(
    ("name", "environ", "wanted"),
    [
        ("openai:gpt-5", {"OPENAI_API_KEY": "k"}, {"max_retries": 0, "request_timeout": 600.0, "max_tokens": 4096}),
        ("openai:x@http://127.0.0.1:1/v1", {}, {"max_retries": 0, "temperature": 0.0, "use_responses_api": False}),
        ("ollama:qwen3", {}, {"num_ctx": 8192, "num_predict": 2048, "temperature": 0.0}),
        ("anthropic:claude", {"ANTHROPIC_API_KEY": "k"}, {"max_retries": 0, "default_request_timeout": 600.0}),
    ],
)
def test_opened_models_have_our_bounds_and_no_retries_of_their_own(
    name: str, environ: dict[str, str], wanted: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    for key, value in environ.items():
        monkeypatch.setenv(key, value)
    model = open_chat_model(name, environ=environ)
    assert {field: getattr(model, field) for field in wanted} == wanted


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch):
    with FakeOpenAI(["ok"]) as proxy:
        monkeypatch.setenv("OPENAI_PROXY", proxy.url.removesuffix("/v1"))
        model = open_chat_model("openai:x@http://models.example/v1")
        assert model.invoke("x").text == "ok"
    assert proxy.headers[0]["host"] == "models.example"


def test_a_model_that_cannot_be_opened_says_why(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPENAI_PROXY", "nonsense")
    with pytest.raises(ConfigError, match="cannot be opened: Unknown scheme for proxy URL"):
        open_chat_model("openai:x@http://127.0.0.1:1/v1")
