from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from watchkeeper.experiments.errors import UnknownTimeZone


def checked_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownTimeZone(
            f"'{name}' is no time zone; use a name such as Europe/Paris or UTC.", fields=("time_zone",)
        ) from None
    return name
