"""The chart library: made once somebody is in front of the console, and by one of those who want it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.api.conftest import Api
from watchkeeper.server.web import bundle


def test_it_is_made_behind_the_first_page_and_served_from_then_on(api: Api) -> None:
    cache = api.assembly.places.cache()
    api.call("GET", "/api/v1/projects")
    assert not cache.exists()
    assert api.call("GET", "/static/palette.css", who=None).status_code == 200
    (file,) = cache.iterdir()
    served = api.call("GET", "/static/charts.js", who=None)
    assert (served.status_code, served.content) == (200, file.read_bytes())
    assert b"vegaEmbed" in served.content


def test_of_many_who_want_it_one_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / "made"
    monkeypatch.setattr(bundle, "MAKE", f"print(1, file=open({str(made)!r}, 'a')); print('the library')")
    with ThreadPoolExecutor(4) as many:
        found = set(many.map(lambda _: bundle.written_bundle(tmp_path / "cache").path.read_text(), range(4)))
    assert found == {"the library\n"}
    assert made.read_text() == "1\n"
