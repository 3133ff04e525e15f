"""From JSON's strings to values."""

from datetime import UTC, date, datetime


def moment(text: str | None) -> datetime | None:
    """An ISO 8601 time, aware and in UTC."""
    if text is None:
        return None
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def known_moment(text: str) -> datetime:
    found = moment(text)
    if found is None:
        raise ValueError("a time is missing in the server's answer")
    return found


def day(text: str) -> date:
    return date.fromisoformat(text)


def spelled(time: datetime) -> str:
    """ISO 8601 in UTC; a time without a zone is taken as UTC."""
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat().replace("+00:00", "Z")
