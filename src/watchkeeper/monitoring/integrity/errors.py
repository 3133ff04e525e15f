"""What can't be expected of data; each says what to do.

Refused
├── ExpectationRefused   nothing could keep to it
└── NoExpectation        a column that the schema has not
"""

from watchkeeper.errors import Refused


class ExpectationRefused(Refused):
    """A rule of a schema that nothing could keep to."""

    code = "expectation-refused"


class NoExpectation(Refused):
    """A column that the schema does not have."""

    code = "no-expectation"
