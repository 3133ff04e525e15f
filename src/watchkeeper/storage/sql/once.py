"""A question that a page asks at several places: in a transaction that only reads it has one answer."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

Room = TypeVar("Room")
Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def once(ask: Callable[Concatenate[Room, Given], Answer]) -> Callable[Concatenate[Room, Given], Answer]:
    """Of a method of a repository that takes nothing but texts and numbers, and whose answer nobody changes."""

    @wraps(ask)
    def asked(of: Room, /, *given: Given.args, **named: Given.kwargs) -> Answer:
        connection: sa.Connection = vars(of)["_connection"]
        if connection.get_execution_options().get("writes"):
            return ask(of, *given, **named)
        answers: dict[Any, Answer] = vars(of).setdefault("_answered", {})
        question = (ask.__name__, given, *sorted(named.items()))
        if question not in answers:
            answers[question] = ask(of, *given, **named)
        return answers[question]

    return asked
