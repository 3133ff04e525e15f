"""The Integrity tab: what is expected, what broke it, and a rule that is changed."""

import pytest

from tests.api.browsing import Visitor, visitor
from tests.api.conftest import Api
from tests.api.journals import answered
from tests.api.test_integrity import live, rows
from tests.storage.test_verdicts import ago

PAGE = "/projects/p/deployments/live/integrity"
DAY = f"{PAGE}?start={ago(1)}&end={ago(1)}"


@pytest.fixture
def person(api: Api) -> Visitor:
    answered(api, rows(size=99.0))
    return visitor(api, "contributor")


def test_the_page_says_what_broke_the_schema_and_what_the_model_has_not_seen(person: Visitor) -> None:
    told = person.read(DAY)
    assert "1 column broke the schema: size (30 of 300 rows); 1 has inputs beyond the reference." in told
    assert "30 of 300 values of size (10 %) lie above 10, the reference&#39;s highest." in told
    assert "Lyon, Nice" in told
    assert "out of range" in told
    assert "as the deployment’s first reference keeps to it" in told
    assert "broke the champion’s own signature" in told
    assert "broke the champion’s signature when they came" in person.read("/projects/p/deployments/live")


def test_a_rule_is_changed_and_the_page_is_sound(api: Api, person: Visitor) -> None:
    form = person.read(f"{DAY}&column=size")
    assert 'name="highest" value="10"' in form
    sent = person.send(PAGE, column="size", number="1", lowest="0", highest="", most_missing="0", required="yes")
    assert (sent.status_code, sent.headers["location"]) == (303, f"{PAGE}?column=size")
    told = person.read(DAY)
    assert "The data keeps to its schema; 1 has inputs beyond the reference." in told
    assert "0 and more" in told
    sent = person.send(PAGE, column="town", number="2", levels="Lyon\n Brest \n", most_missing="2.5", required="no")
    assert sent.status_code == 303
    town = live(api).schema["town"]
    assert (town.levels, town.most_missing, town.required) == (("Brest", "Lyon"), 0.025, False)
    told = person.read(DAY)
    assert "new level" in told
    for line in (
        "size: 0 and more, before",
        "town: now also Brest.",
        "town: no longer Nice.",
        "town: 2.5 % may be missing, before 0 %.",
        "town: may be absent.",
    ):
        assert line in told


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"column": "size", "number": "1", "highest": "<b>"}, "&#39;&lt;b&gt;&#39; is no number"),
        ({"column": "size", "number": "1", "lowest": "9", "highest": "8"}, "give the lower one first"),
        ({"column": "size", "number": "7"}, "The schema has the number 1 by now"),
        ({"column": "sizes", "number": "1"}, "The schema has no column"),
    ],
)
def test_what_cannot_be_expected_is_said_on_the_page(
    api: Api, person: Visitor, form: dict[str, str], said: str
) -> None:
    answer = person.send(PAGE, **form)
    assert answer.status_code in {409, 422}
    assert said in answer.text
    assert live(api).schema.number == 1


def test_a_viewer_sees_no_form(api: Api, person: Visitor) -> None:
    assert 'name="most_missing"' in person.read(f"{DAY}&column=size")
    assert 'name="most_missing"' not in visitor(api, "viewer").read(f"{DAY}&column=size")


def test_the_age_of_the_newest_row_is_set_on_the_page(api: Api, person: Visitor) -> None:
    assert "The newest row is" in person.read(DAY)
    assert person.send(PAGE, number="1", stalest="6").status_code == 303
    assert "the schema allows 6 hours." in person.read(DAY)
    refused = person.send(PAGE, number="2", stalest="-1")
    assert refused.status_code == 422
    assert "is no age that the newest row may have" in refused.text
    assert 'value="-1"' in refused.text
    assert live(api).schema.number == 2


def test_that_a_value_stands_once_is_set_on_the_page(api: Api, person: Visitor) -> None:
    form = person.read(f"{DAY}&column=town")
    assert "stands in one row of a day" in form
    sent = person.send(
        PAGE, column="town", number="1", levels="Lyon\nNice", most_missing="0", required="yes", unique="yes"
    )
    assert sent.status_code == 303
    assert live(api).schema["town"].unique
    assert "none twice in a day" in person.read(DAY)
