"""Calls to a model server with every fault that servers have: all end in bounded time, in the right error or a reply."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from sourcehound.agent.errors import ModelError
from sourcehound.agent.models.calling import Caller, ContextTooLong, OutOfTime, Policy, ToolsRefused, in_time
from sourcehound.agent.models.named import open_chat_model
from sourcehound.agent.models.protocol import RawCall
from sourcehound.agent.testing import FakeClock, FakeOpenAI, ScriptedModel, Served
from sourcehound.tools.errors import ConfigError

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
TOOL = {"type": "function", "function": {"name": "search_text", "description": "d", "parameters": {"type": "object"}}}
HELLO = [("human", "hello there")]
OK = Served(text="ok")


def caller(url: str, clock: FakeClock, **policy: Any) -> Caller:
    model = open_chat_model(f"openai:fake@{url}", environ={})
    return Caller(model, "openai:fake", policy=Policy(**policy), sleep=clock.sleep, monotonic=clock.monotonic)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def test_a_reply_comes_with_its_text_calls_and_counted_tokens(clock: FakeClock):
    with FakeOpenAI([Served(text="Q1: which boat?", calls=[("search_text", {"query": "boat"})])]) as server:
        reply = caller(server.url, clock).call(HELLO, tools=[TOOL])
    assert reply.text == "Q1: which boat?"
    assert reply.calls == (RawCall(tool="search_text", args={"query": "boat"}),)
    assert (reply.usage.tokens_in, reply.usage.tokens_out, reply.is_estimated) == (100, 10, False)
    assert server.asked[0]["tools"] == [TOOL]
    assert server.asked[0]["max_tokens"] == 2048
    assert server.asked[0]["stop"] == ["\n<<<\n", "\n[call ", "\nQ7:"]
    assert server.headers[0]["accept-encoding"] == "identity"


def test_tokens_that_a_server_does_not_count_are_estimated_and_said_to_be(clock: FakeClock):
    with FakeOpenAI([Served(text="x" * 40, counts=False)]) as server:
        reply = caller(server.url, clock).call([("human", "y" * 80)])
    assert (reply.usage.tokens_in, reply.usage.tokens_out, reply.is_estimated) == (20, 10, True)


def test_pictures_cost_no_characters_in_the_estimate(clock: FakeClock):
    blocks = [{"type": "image", "base64": "A" * 4000, "mime_type": "image/png"}, {"type": "text", "text": "y" * 80}]
    model = ScriptedModel(script=["x" * 40], counts_tokens=False)
    asked = Caller(model, "s", policy=Policy(), sleep=clock.sleep, monotonic=clock.monotonic)
    assert asked.call([("human", blocks)]).usage.tokens_in == 20


def test_what_ends_the_process_is_not_taken_for_a_fault():
    def end() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        in_time(end, 5.0, threading.Event())


def test_arguments_that_are_broken_json_are_read_leniently(clock: FakeClock):
    with FakeOpenAI([Served(calls=[("search_text", "{'query': 'boat',")])]) as server:
        assert caller(server.url, clock).call(HELLO, tools=[TOOL]).calls[0].args == {"query": "boat"}


@pytest.mark.parametrize(
    ("script", "slept"),
    [
        ([Served(status=500, text="oops"), OK], [1.0]),
        ([Served(status=503), Served(status=529, text="overloaded"), OK], [1.0, 2.0]),
        ([Served(status=429, text="slow down", headers={"retry-after": "7"}), OK], [7.0]),
        ([Served(status=429, text="slow", headers={"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}), OK], [1.0]),
        ([Served(text="ok", cut=20), OK], [1.0]),
        ([Served(body=b'{"choices": [{'), OK], [1.0]),
        ([Served(body=b""), OK], [1.0]),
    ],
)
def test_a_passing_fault_is_tried_again_after_a_wait(script: list[Served], slept: list[float], clock: FakeClock):
    with FakeOpenAI(script) as server:
        assert caller(server.url, clock).call(HELLO).text == "ok"
    assert clock.slept == slept


@pytest.mark.parametrize(
    ("served", "said"),
    [
        (Served(status=500, text="oops"), "cannot be reached.*oops"),
        (Served(status=429, text="slow", headers={"retry-after": "3600"}), "is busy"),
        (Served(status=429, text="insufficient_quota"), "refused the call"),
        (Served(status=400, text="temperature must be 1"), "refused the call.*temperature"),
        (Served(body=b"<html>gateway</html>", headers={"content-type": "text/html"}), "no reply that can be read"),
        (Served(body=b"[]"), "no reply that can be read"),
        (Served(body=b'{"choices": null}'), "no reply that can be read"),
        (Served(body=b'{"choices": []}'), "no reply that can be read"),
        (Served(body=b'{"choices": "\xff\xfe"}'), "no reply that can be read"),
        (Served(body=b'{"error": {"message": "overloaded"}}'), "overloaded"),
        (Served(text="x" * 1000, packed=True), "packed its reply"),
        (Served(body=b" " * 9_000_000), "longer than 8388608 bytes"),
    ],
)
def test_a_fault_that_stays_ends_as_a_model_error_that_says_what_to_do(served: Served, said: str, clock: FakeClock):
    with FakeOpenAI([served]) as server, pytest.raises(ModelError, match=said) as caught:
        caller(server.url, clock).call(HELLO)
    assert caught.value.exit_code == 75
    assert "--model built-in would go on without it" in str(caught.value)
    assert len(server.asked) <= 3


@pytest.mark.parametrize("served", [Served(hangs=True), Served(text="x", drips=True)], ids=["hangs", "drips"])
def test_a_server_that_never_ends_its_reply_is_left_after_the_time_out(served: Served, clock: FakeClock):
    with FakeOpenAI([served]) as server, pytest.raises(ModelError, match="did not answer in time"):
        caller(server.url, clock, timeout_s=0.2, tries=2).call(HELLO)


def test_a_call_that_uses_up_its_time_budget_is_told_apart_from_a_fault(clock: FakeClock):
    with FakeOpenAI([Served(hangs=True)]) as server, pytest.raises(OutOfTime):
        caller(server.url, clock).call(HELLO, within_s=0.2)


def test_a_server_that_is_not_there_ends_as_a_model_error(clock: FakeClock):
    with FakeOpenAI([OK]) as server:
        pass
    with pytest.raises(ModelError, match=r"cannot be reached.*refused"):
        caller(server.url, clock).call(HELLO)
    assert clock.slept == [1.0, 2.0]


@pytest.mark.parametrize(
    ("served", "said"),
    [
        (Served(status=401, text="bad key sk-abcdefghijkl"), "refuses the key"),
        (Served(status=403, text="no access"), "refuses the key"),
        (Served(status=404, text="no model fake"), "knows no such model.*no model fake"),
        (Served(status=400, text="image input is not supported"), "takes no pictures"),
    ],
)
def test_what_the_person_must_change_is_a_configuration_error(served: Served, said: str, clock: FakeClock):
    with FakeOpenAI([served]) as server, pytest.raises(ConfigError, match=said) as caught:
        caller(server.url, clock).call(HELLO)
    assert "sk-abc" not in str(caught.value)
    assert caught.value.remedy
    assert clock.slept == []


@pytest.mark.parametrize(
    "served",
    [
        Served(status=400, text="this model does not support tools"),
        Served(status=500, text="tools param requires --jinja flag"),
        Served(status=422, text="extra field tool_choice"),
    ],
)
def test_a_server_that_refuses_tools_is_told_apart(served: Served, clock: FakeClock):
    with FakeOpenAI([served]) as server, pytest.raises(ToolsRefused):
        caller(server.url, clock).call(HELLO, tools=[TOOL])


def test_a_model_without_bind_tools_refuses_tools_before_any_call(clock: FakeClock):
    model = ScriptedModel(script=["x"], takes_tools=False)
    with pytest.raises(ToolsRefused):
        Caller(model, "s", policy=Policy(), sleep=clock.sleep, monotonic=clock.monotonic).call(HELLO, tools=[TOOL])
    assert model.told == []


@pytest.mark.parametrize(
    "text",
    [
        "the request exceeds the available context size",
        "This model's maximum context length is 8192 tokens",
        "prompt is too long: 9000 tokens",
        "context_length_exceeded",
    ],
)
def test_a_prompt_that_is_too_long_is_told_apart(text: str, clock: FakeClock):
    with FakeOpenAI([Served(status=400, text=text)]) as server, pytest.raises(ContextTooLong):
        caller(server.url, clock).call(HELLO)


def test_ten_thousand_native_calls_are_cut(clock: FakeClock):
    with FakeOpenAI([Served(calls=[("search_text", {"query": str(n)}) for n in range(10_000)])]) as server:
        assert len(caller(server.url, clock).call(HELLO).calls) <= 32


def test_an_endless_reply_is_cut(clock: FakeClock):
    with FakeOpenAI([Served(text="x" * 500_000)]) as server:
        assert len(caller(server.url, clock).call(HELLO).text) == 60_000


def test_the_key_of_the_environment_is_sent_and_a_dummy_without_one():
    with FakeOpenAI([OK]) as server:
        open_chat_model(f"openai:fake@{server.url}", environ={"OPENAI_API_KEY": "mine"}).invoke("x")
        open_chat_model(f"openai:fake@{server.url}", environ={}).invoke("x")
    assert [headers["authorization"] for headers in server.headers] == ["Bearer mine", "Bearer none-needed"]


def test_an_exception_of_unknown_kind_is_a_refusal_that_keeps_its_cause(clock: FakeClock):
    model = ScriptedModel(script=[RuntimeError("weird")])
    with pytest.raises(ModelError, match="refused the call: weird") as caught:
        Caller(model, "s", policy=Policy(), sleep=clock.sleep, monotonic=clock.monotonic).call(HELLO)
    assert isinstance(caught.value.__cause__, RuntimeError)


def test_every_request_is_json_without_a_stream(clock: FakeClock):
    with FakeOpenAI([OK]) as server:
        caller(server.url, clock).call([("system", "s"), ("human", "h")])
    assert json.dumps(server.asked[0]["messages"]) == json.dumps(
        [{"content": "s", "role": "system"}, {"content": "h", "role": "user"}]
    )
    assert not server.asked[0].get("stream")


def test_a_call_that_waits_ends_when_it_is_told_to_stop():
    stop, never = threading.Event(), threading.Event()

    def hang() -> None:
        stop.set()
        never.wait(60)

    with pytest.raises(KeyboardInterrupt):
        in_time(hang, 60.0, stop)
    never.set()
