"""Model strings, from which chat models are opened.

`openai:NAME`, `anthropic:NAME`, `ollama:NAME`, any provider of LangChain's `init_chat_model`, and `openai:NAME@URL` for any
server that speaks OpenAI's protocol. Knows nothing of prompts.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sourcehound.tools.errors import ConfigError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

TIMEOUT_S = 600.0
MOST_TOKENS_OUT = 4096
MOST_TOKENS_OUT_LOCAL = 2048
"""A small model that falls into repeating itself must end; at 10 tokens/s this is three minutes."""
STOPS_LOCAL = ("\n<<<\n", "\n[call ", "\nQ7:")
"""Where a small model has said enough: how notes of calls begin, whose results it would go on to make up, and the first
sub-question that is too many, of which it would go on to make a list."""
OLLAMA_CONTEXT = 8192
"""Ollama cuts a prompt silently at its context, which is 4096 tokens unless said otherwise."""
EXTRA = 'pip install "sourcehound[models]"'
EXAMPLES = "openai:NAME, anthropic:NAME, ollama:NAME, or openai:NAME@http://127.0.0.1:8080/v1"

KEYS: Mapping[str, str] = {
    "anthropic": "ANTHROPIC_API_KEY",
    "cohere": "COHERE_API_KEY",
    "deepseek": "DEEPSEEK_API_KEY",
    "fireworks": "FIREWORKS_API_KEY",
    "google_genai": "GOOGLE_API_KEY",
    "groq": "GROQ_API_KEY",
    "mistralai": "MISTRAL_API_KEY",
    "openai": "OPENAI_API_KEY",
    "openrouter": "OPENROUTER_API_KEY",
    "together": "TOGETHER_API_KEY",
    "xai": "XAI_API_KEY",
}
"""Where providers look for their keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelName:
    """A model string, taken apart.

    Attributes:
        url: address of a server that speaks OpenAI's protocol, empty for the provider's own.
    """

    provider: str
    model: str
    url: str = ""

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}" + (f"@{self.url}" if self.url else "")


def parse_model_name(name: str) -> ModelName:
    """Take a model string apart.

    Raises:
        ConfigError: it is none, or its address makes no sense.
    """
    provider, colon, rest = name.strip().partition(":")
    provider = provider.replace("-", "_").lower()
    if not colon or not provider or not rest:
        near = f"; did you mean openai:{name}?" if name.startswith(("gpt", "o1", "o3", "o4")) else ""
        raise ConfigError(f"{name!r} is no model string{near}", remedy=f"write {EXAMPLES}")
    cut = max(rest.find("@http://"), rest.find("@https://"))
    model, url = (rest, "") if cut < 0 else (rest[:cut], rest[cut + 1 :])
    if not model:
        raise ConfigError(f"{name!r} names no model", remedy=f"write {EXAMPLES}")
    if url:
        _check_url(provider, url)
    return ModelName(provider=provider, model=model, url=url.rstrip("/"))


def open_chat_model(name: str, *, environ: Mapping[str, str] | None = None) -> BaseChatModel:
    """Open the chat model of a model string. Nothing is sent before its first call.

    Args:
        name: the model string.
        environ: where keys are looked for; the process's own environment if left out.

    Raises:
        ConfigError: the provider is unknown, or its package or key is missing.
    """
    parsed = parse_model_name(name)
    environ = os.environ if environ is None else environ
    key = KEYS.get(parsed.provider)
    if key is not None and not environ.get(key) and not parsed.url:
        raise ConfigError(f"{name} needs a key, and {key} is not set", remedy=f"export {key}=…, or --model built-in")
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        raise ConfigError(f"{name} needs packages that are not installed", remedy=EXTRA) from error
    from langchain_core.exceptions import LangChainException

    try:
        return init_chat_model(parsed.model, model_provider=parsed.provider, **_options(parsed, environ))
    except ImportError as error:
        remedy = EXTRA if parsed.provider in {"openai", "anthropic", "ollama"} else str(error).rpartition(". ")[2]
        raise ConfigError(f"{name} needs a package that is not installed", remedy=_one_line(remedy)) from error
    except (ValueError, TypeError, OSError, LangChainException) as error:
        if "nsupported" in str(error) or "infer" in str(error):
            raise _unknown(parsed.provider) from error
        raise ConfigError(f"{name} cannot be opened: {_one_line(str(error))}", remedy=f"write {EXAMPLES}") from error


def _options(parsed: ModelName, environ: Mapping[str, str]) -> dict[str, Any]:
    """What is said to a provider's class: our own retries and bounds, in place of its."""
    options: dict[str, Any] = {}
    if parsed.provider in {"openai", "anthropic"}:
        options.update(timeout=TIMEOUT_S, max_retries=0)
        options.update({} if parsed.url else {"max_tokens": MOST_TOKENS_OUT})
    if parsed.provider == "ollama":
        options.update(
            temperature=0,
            num_predict=MOST_TOKENS_OUT_LOCAL,
            num_ctx=OLLAMA_CONTEXT,
            stop=list(STOPS_LOCAL),
            client_kwargs={"timeout": TIMEOUT_S},
        )
    if parsed.provider == "openai":
        from sourcehound.agent.models.bounded_http import bounded_client

        # LangChain takes this proxy or a client, not both
        options.update(openai_proxy=None, http_client=bounded_client(TIMEOUT_S, proxy=environ.get("OPENAI_PROXY")))
    if parsed.url:
        options.update(
            base_url=parsed.url,
            api_key=environ.get(KEYS["openai"]) or "none-needed",
            temperature=0,
            use_responses_api=False,
            # the name that every such server knows; LangChain would write max_completion_tokens
            extra_body={"max_tokens": MOST_TOKENS_OUT_LOCAL, "stop": list(STOPS_LOCAL)},
        )
    return options


def _check_url(provider: str, url: str) -> None:
    if provider != "openai":
        raise ConfigError(f"an address needs OpenAI's protocol, not {provider}'s", remedy=f"write openai:NAME@{url}")
    parts = urlsplit(url)
    if not parts.hostname:
        raise ConfigError(f"{url} is no address of a server", remedy=f"write {EXAMPLES}")
    if parts.username or parts.password:
        raise ConfigError(
            f"the address of {parts.hostname} holds a password", remedy=f"put the key in {KEYS['openai']}"
        )


def _unknown(provider: str) -> ConfigError:
    near = difflib.get_close_matches(provider, [*KEYS, "ollama"], n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return ConfigError(f"unknown model provider {provider!r}", remedy=f"{hint}write {EXAMPLES}")


def _one_line(words: str) -> str:
    return " ".join(words.split())[:200]
