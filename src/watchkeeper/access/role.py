"""Roles in a project, and the rights each has."""

from enum import StrEnum


class Right(StrEnum):
    """What a route asks for. LABEL is to send the truth; READ_ROWS to see a journal's raw rows; RUN_CODE to have the
    server run programs of one's own. IDENTIFIED asks only to be known; METRICS and ADMINISTER are for the
    installation."""

    OPEN = "open"
    IDENTIFIED = "identified"
    PREDICT = "predict"
    LABEL = "label"
    READ = "read"
    READ_ROWS = "read_rows"
    WRITE = "write"
    MANAGE = "manage"
    RUN_CODE = "run_code"
    METRICS = "metrics"
    ADMINISTER = "administer"


class Role(StrEnum):
    ADMIN = "admin"
    CONTRIBUTOR = "contributor"
    VIEWER = "viewer"
    END_USER = "end_user"


_CONTRIBUTES = frozenset({Right.PREDICT, Right.LABEL, Right.READ, Right.READ_ROWS, Right.WRITE})
RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMIN: _CONTRIBUTES | {Right.MANAGE, Right.RUN_CODE},
    Role.CONTRIBUTOR: _CONTRIBUTES,
    Role.VIEWER: frozenset({Right.PREDICT, Right.READ}),
    Role.END_USER: frozenset({Right.PREDICT}),
}
