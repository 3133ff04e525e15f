"""The Journal tab: rows to leaf through, to filter and to link to; what is kept from readers, and what is erased."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest
from msgspec.structs import replace

from tests.api.browsing import Visitor, visitor
from tests.api.conftest import Api
from tests.api.journals import answered
from tests.api.test_erasures import work_through
from tests.storage.worlds import NOW, call
from watchkeeper.labels.label import Label

PAGE = "/projects/p/deployments/live/journal"


@pytest.fixture
def person(api: Api) -> Visitor:
    frame = replace(call("a", rows=60), violations=[(1, "town", "new_level", "<b>Metz</b>")])
    beside = replace(frame, role="challenger", model="m2", inputs={}, owes=None, outputs=[77.5] * 60, violations=[])
    answered(api, frame, beside)
    with api.assembly.store.work() as work:
        work.labels.hold("d1")
        work.labels.add("d1", [Label("a-1", 123.25, NOW, "me")], corrected=[])
    return visitor(api, "admin")


def shown(page: str) -> list[str]:
    return re.findall(r"journal\?id=(a-\d+)", page)


def test_rows_come_newest_first_and_the_next_page_has_the_others(person: Visitor) -> None:
    first = person.read(PAGE)
    ids = list(dict.fromkeys(shown(first)))
    assert ids == [f"a-{row}" for row in range(59, 9, -1)]
    older = re.search(r'href="([^"]+)" rel="next"', first)
    assert older is not None
    rest = person.read(unescape(older[1]))
    assert list(dict.fromkeys(shown(rest))) == [f"a-{row}" for row in range(9, -1, -1)]
    assert "These are all." in rest


def test_a_link_by_id_shows_one_row_with_its_inputs_the_other_answer_and_its_label(person: Visitor) -> None:
    text = person.read(f"{PAGE}?id=a-1")
    assert shown(text) == []
    for part in ("77.5", "123", "Lyon", "size", "new level", "&lt;b&gt;Metz&lt;/b&gt;"):
        assert part in text, part
    assert "No row of the champion has this id" in person.read(f"{PAGE}?id=nobody")
    assert "Lyon" in person.read(f"{PAGE}?id=a-1&role=challenger")


def test_a_filter_of_the_form_stays_in_every_address_of_the_page(person: Visitor) -> None:
    text = person.read(f"{PAGE}?column=size&operator=in&value=3,4")
    assert set(shown(text)) == {f"a-{row}" for row in range(60) if row % 10 in {3, 4}}
    where = urlencode({"where": '[["size", "in", [3, 4]]]'})
    assert where in unescape(text)
    narrowed = person.read(f"{PAGE}?{where}&column=id&operator=%3D&value=a-13")
    assert set(shown(narrowed)) == {"a-13"}
    assert person.read(f"{PAGE}?{where}").count(" ×</a>") == 1
    assert "No row of these days meets the filter" in person.read(f"{PAGE}?column=key&operator=%3D&value=")


def test_a_filter_that_means_nothing_is_said_on_the_page(person: Visitor) -> None:
    for query in ("column=colour&value=1", "column=size&value=big", "where=x", "cursor=x", "column=size&operator=~"):
        answer = person.get(f"{PAGE}?{query}")
        assert answer.status_code == 422, query
        assert "can't be shown" in answer.text, query


def test_an_admin_hashes_an_input_and_erases_rows_there(api: Api, person: Visitor) -> None:
    sent = person.send(f"{PAGE}/columns", **{"column town": "hashed", "column size": "full"})
    assert (sent.status_code, sent.headers["location"]) == (303, PAGE)
    with api.assembly.store.look() as work:
        assert [each.column for each in work.masking.settings("d1")] == ["town"]
    assert person.send(f"{PAGE}/erase", ids="a-1\n a-2 \n\n").status_code == 303
    work_through(api)
    text = person.read(PAGE)
    assert not {"a-1", "a-2"} & set(shown(person.read(f"{PAGE}?column=size&operator=<&value=3")))
    assert re.search(r"2 ids.*?erased.*?4</td>", text, re.DOTALL)
    assert person.send(f"{PAGE}/erase", where='[["size", "=", 9]]').status_code == 303
    work_through(api)
    assert "No row of these days" in person.read(f"{PAGE}?column=size&operator=%3D&value=9")
    assert person.send(f"{PAGE}/erase").status_code == 422


def test_a_contributor_sees_rows_and_no_forms_and_a_viewer_sees_no_tab(api: Api, person: Visitor) -> None:
    contributor = visitor(api, "contributor").read(PAGE)
    assert '<h2 id="erased">' in contributor
    assert "Erase for good" not in contributor
    assert '<select name="column ' not in contributor
    summary = PAGE.removesuffix("/journal")
    assert PAGE in person.read(summary)
    assert PAGE not in visitor(api, "viewer").read(summary)
