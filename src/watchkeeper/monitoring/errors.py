from watchkeeper.errors import Conflict


class ReferenceGone(Conflict):
    """The files of a deployed model are not there any more."""

    code = "reference-gone"
