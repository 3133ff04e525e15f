"""The Journal and Performance tabs: how long rows are kept, what has gone, and labels that came too late."""

import pytest

from tests.api.browsing import Visitor, visitor
from tests.api.conftest import Api
from tests.api.test_journal_pages import PAGE, shown
from tests.api.test_retention import care, deployment
from watchkeeper.labels.label import Label
from watchkeeper.sdk import Deployment

__all__ = ["deployment"]


@pytest.fixture
def person(api: Api, deployment: Deployment) -> Visitor:
    assert deployment.retention.rows_kept == 12
    return visitor(api, "admin")


def test_an_admin_sets_a_rule_and_the_page_tells_what_it_does(api: Api, person: Visitor) -> None:
    assert "Raw rows are kept without end." in person.read(PAGE)
    sent = person.send(f"{PAGE}/keep", way="rule", days="2", bytes="1.5")
    assert (sent.status_code, sent.headers["location"]) == (303, PAGE)
    before = person.read(PAGE)
    assert "for 2 days after they came, and while all of them take no more than 1.5 GB" in before
    assert "4 rows are beyond this" in before
    care(api)
    after = person.read(PAGE)
    assert "beyond this" not in after
    assert "2 more rows of these days are no longer kept" in after
    assert set(shown(after.replace("id=b", "id=a").replace("id=c", "id=a"))) == {"a-0", "a-1"}
    assert "or it is no longer kept" in person.read(f"{PAGE}?id=a-0")
    assert person.send(f"{PAGE}/keep", way="everything").status_code == 303
    assert "Raw rows are kept without end." in person.read(PAGE)
    assert person.send(f"{PAGE}/keep", way="usual").status_code == 303
    assert person.read(PAGE).count("by admin") == 3


@pytest.mark.parametrize(
    ("days", "size", "said"),
    [
        ("0", "", "&#39;0&#39; is no number of days"),
        ("soon", "", "&#39;soon&#39; is no number of days"),
        ("", "0.1", "&#39;100000000&#39; is no number of bytes"),
        ("9", "<b>", "&#39;&lt;b&gt;&#39; is no number of bytes"),
        ("", "nan", "&#39;nan&#39; is no number of bytes"),
        ("", "", "Write a number of days, of gigabytes, or both."),
    ],
)
def test_what_is_no_rule_is_said_at_its_field_and_the_rows_stay_in_sight(
    person: Visitor, deployment: Deployment, days: str, size: str, said: str
) -> None:
    answer = person.send(f"{PAGE}/keep", way="rule", days=days, bytes=size)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Rows that the champion answered" in answer.text
    assert deployment.retention.own is False


def test_who_may_not_change_the_rule_reads_it(api: Api, person: Visitor) -> None:
    person.send(f"{PAGE}/keep", way="rule", days="30", bytes="")
    text = visitor(api, "contributor").read(PAGE)
    assert "for 30 days after they came" in text
    assert "Keep them otherwise" not in text


def test_labels_that_came_too_late_are_told_where_performance_is(api: Api, person: Visitor) -> None:
    person.send(f"{PAGE}/keep", way="rule", days="2", bytes="")
    care(api)
    with api.assembly.store.work() as work:
        work.labels.hold("d1")
        work.labels.add("d1", [Label("a-0", 1.0, api.assembly.clock.now(), "me")], corrected=[])
    care(api)
    text = person.read(PAGE.replace("journal", "performance"))
    assert "1 label has come too late: the prediction is no longer kept." in text
    assert "that the journal does not have" not in text
    assert "#keep" in text
    assert "#keep" not in visitor(api, "viewer").read(PAGE.replace("journal", "performance"))
