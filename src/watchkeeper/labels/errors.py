from watchkeeper.errors import Refused


class LabelsRefused(Refused):
    """Nothing of what was sent can be understood as labels."""

    code = "labels-refused"
