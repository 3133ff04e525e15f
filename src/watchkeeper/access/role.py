"""Roles in a project, and the rights each has."""

from enum import StrEnum


class Right(StrEnum):
    """What a route asks for. LABEL is to send the truth; RUN_CODE to have the server run programs of one's own.
    IDENTIFIED asks only to be known; ADMINISTER is for the installation."""

    OPEN = "open"
    IDENTIFIED = "identified"
    PREDICT = "predict"
    LABEL = "label"
    READ = "read"
    WRITE = "write"
    MANAGE = "manage"
    RUN_CODE = "run_code"
    ADMINISTER = "administer"


class Role(StrEnum):
    ADMIN = "admin"
    CONTRIBUTOR = "contributor"
    VIEWER = "viewer"
    END_USER = "end_user"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMIN: frozenset({Right.PREDICT, Right.LABEL, Right.READ, Right.WRITE, Right.MANAGE, Right.RUN_CODE}),
    Role.CONTRIBUTOR: frozenset({Right.PREDICT, Right.LABEL, Right.READ, Right.WRITE}),
    Role.VIEWER: frozenset({Right.PREDICT, Right.READ}),
    Role.END_USER: frozenset({Right.PREDICT}),
}
