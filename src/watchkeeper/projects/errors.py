from watchkeeper.errors import Conflict, Refused


class NameTaken(Conflict):
    code = "name-taken"


class NameMissing(Refused):
    code = "name-missing"
