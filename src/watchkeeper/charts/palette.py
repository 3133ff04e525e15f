"""The single place of colours: the same entity has the same colour on every page and chart, in light and in dark."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Palette:
    """Colours as `#rrggbb`. No two share a value, so a page can exchange one theme's colours for the other's."""

    ground: str
    surface: str
    sunken: str
    line: str
    edge: str
    ink: str
    quiet: str
    accent: str
    on_accent: str
    champion: str
    challenger: str
    reference: str
    reference_band: str
    good: str
    good_ground: str
    warn: str
    warn_ground: str
    bad: str
    bad_ground: str

    def items(self) -> dict[str, str]:
        """Colours by the name they have in the stylesheet (`reference-band`)."""
        return {name.replace("_", "-"): colour for name, colour in asdict(self).items()}


LIGHT = Palette(
    ground="#f8f8f6",
    surface="#fefefe",
    sunken="#f0f1ee",
    line="#e1e3df",
    edge="#868e8b",
    ink="#191d1f",
    quiet="#586167",
    accent="#0b5c63",
    on_accent="#ffffff",
    champion="#1c5fc4",
    challenger="#ab4f00",
    reference="#68717a",
    reference_band="#d5d9d8",
    good="#22703a",
    good_ground="#e6f1e7",
    warn="#7d5700",
    warn_ground="#f8eed4",
    bad="#b02a30",
    bad_ground="#fae6e4",
)

DARK = Palette(
    ground="#121618",
    surface="#191e21",
    sunken="#20262a",
    line="#2b3237",
    edge="#6d787f",
    ink="#e9edee",
    quiet="#9fa9af",
    accent="#74c7ce",
    on_accent="#06282b",
    champion="#7fb0ff",
    challenger="#f2a154",
    reference="#9aa4ac",
    reference_band="#3b444a",
    good="#7fcb93",
    good_ground="#173022",
    warn="#e3bd62",
    warn_ground="#352b12",
    bad="#ff958f",
    bad_ground="#3f1d1e",
)


def stylesheet() -> str:
    """The palette as CSS custom properties, dark where the reader prefers it."""
    light, dark = (_properties(palette) for palette in (LIGHT, DARK))
    return (
        f":root {{ color-scheme: light dark; {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
    )


def _properties(palette: Palette) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in palette.items().items())
