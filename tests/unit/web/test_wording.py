"""How values read on a page."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from watchkeeper.server.addresses import address
from watchkeeper.server.web import wording
from watchkeeper.server.web.examples import curl_example, example_row
from watchkeeper.server.web.rendering import chart_json, environment

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "–"), (float("nan"), "–"), (0, "0"), (48, "48"), (0.2134, "0.213"), (12345.6, "12,346"), (-0.5, "-0.5")],
)
def test_numbers(value: float | None, said: str) -> None:
    assert wording.number(value) == said


@pytest.mark.parametrize(
    ("share", "said"), [(0.046, "4.6 %"), (0.0, "0 %"), (0.00001, "< 0.1 %"), (None, "–"), (1.0, "100 %")]
)
def test_shares(share: float | None, said: str) -> None:
    assert wording.percent(share) == said


@pytest.mark.parametrize(("value", "said"), [(0.0, "0"), (0.0000065, "< 0.001"), (0.0011, "0.0011"), (0.214, "0.21")])
def test_drift(value: float, said: str) -> None:
    assert wording.drift(value) == said


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        ({"seconds": 5}, "just now"),
        ({"minutes": 3}, "3 minutes ago"),
        ({"hours": 1}, "1 hour ago"),
        ({"days": 2}, "2 days ago"),
        ({"days": 800}, "2 years ago"),
        ({"days": -2}, "in 2 days"),
    ],
)
def test_moments(ago: dict[str, float], said: str) -> None:
    assert wording.ago(NOW - timedelta(**ago), now=NOW) == said


def test_durations_and_sizes() -> None:
    assert [wording.milliseconds(value) for value in (0.234, 2.34, 234.0, 12_340.0)] == [
        "0.23 ms",
        "2.3 ms",
        "234 ms",
        "12.3 s",
    ]
    assert [wording.seconds(value) for value in (1.23, 45.0, 120.0)] == ["1.2 s", "45 s", "2.0 min"]
    assert [wording.size(value) for value in (12, 1234, 271_000_000)] == ["12 bytes", "1.2 kB", "271 MB"]
    assert wording.exactly(NOW, zone="Australia/Melbourne") == "1 March 2026, 23:00:00 Australia/Melbourne"


def test_addresses_quote_what_they_are_given() -> None:
    assert address("dataset", project="a/b", dataset="<x>") == "/projects/a%2Fb/datasets/%3Cx%3E"
    assert address("projects", {"days": 7, "by": None}) == "/projects?days=7"


def test_everything_is_escaped() -> None:
    template = environment().from_string("<p>{{ value }}</p>")
    assert template.render(value="<b>&") == "<p>&lt;b&gt;&amp;</p>"


def test_a_chart_in_a_page_cannot_end_its_block() -> None:
    text = chart_json({"data": {"values": [{"label": "</script><!-- &"}]}, "title": "</script>"})
    assert "</script>" not in text
    assert "<!--" not in text


def test_an_example_is_a_row_that_the_deployment_would_take() -> None:
    signature = {
        "time": "at",
        "inputs": [
            {"name": "size", "kind": "numeric", "levels": None, "low": 1.0, "high": 4.0},
            {"name": "rooms", "kind": "integer", "levels": None, "low": 1, "high": 4},
            {"name": "town", "kind": "categorical", "levels": ["L'Aquila"], "low": None, "high": None},
            {"name": "sold", "kind": "boolean", "levels": None, "low": None, "high": None},
        ],
    }
    row = example_row(signature, now=NOW)
    assert row == {"size": 2.5, "rooms": 2, "town": "L'Aquila", "sold": False, "at": "2026-03-01T12:00:00Z"}
    said = curl_example({"url": "http://localhost:8091/v1/deployments/a.b/predict", "signature": signature}, now=NOW)
    assert "L'\"'\"'Aquila" in said


@pytest.mark.parametrize(
    ("sentence", "more"),
    [
        ("LargeLoad has drifted since 7 July 2023.", ""),
        ("LargeLoad has drifted since 7 July 2023. It looks natural.", "It looks natural."),
        ("The share is 5 % (limit 1 %), since 7 July 2023.", "The share is 5 % (limit 1 %), since 7 July 2023."),
    ],
)
def test_below_a_headline_stands_only_what_it_does_not_say(sentence: str, more: str) -> None:
    assert wording.beyond(sentence, "LargeLoad drifted since 7 July 2023") == more


def columns(**verdicts: tuple[str, str | None]) -> dict[str, object]:
    return {
        "columns": [
            {"name": name, "verdict": said, "since": since, "days_drifted": 0}
            for name, (said, since) in verdicts.items()
        ]
    }


def test_what_drifted_and_is_over_is_not_denied() -> None:
    found = columns(a=("not enough data", None), b=("stable", None), c=("stable", None))
    of: Any = found["columns"]
    of[0]["days_drifted"], of[1]["days_drifted"] = 5, 1
    said = "Nothing is drifting at the end; before, a on 5 days and b on a day did."
    assert wording.drift_sentence(found) == f"{said} 2 are stable and one has too few rows to say."


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (columns(), "No prediction in this period, so nothing to compare with the reference."),
        (columns(a=("stable", None)), "Nothing has drifted. One is stable."),
        (
            columns(
                a=("drifted", "2024-01-05"), b=("immaterial", "2024-01-07"), c=("stable", None), d=("stable", None)
            ),
            "Drifted: a since 5 Jan 2024 and b since 7 Jan 2024. 2 are stable.",
        ),
        (
            columns(**{"prediction of the champion": ("drifted", "2024-01-01")}),
            "Drifted: the prediction of the champion since 1 Jan 2024 or earlier.",
        ),
        (
            columns(**dict.fromkeys("abcde", ("drifted", None)), f=("not enough data", None)),
            "Drifted: a, b, c and 2 more. One has too few rows to say.",
        ),
    ],
)
def test_what_has_drifted_in_a_sentence(found: dict[str, object], said: str) -> None:
    assert wording.drift_sentence(found, first="2024-01-01") == said
