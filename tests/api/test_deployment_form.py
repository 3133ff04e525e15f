"""The form on a project's Deployments page that gives a model an address."""

from typing import Any

import pytest

from tests.api.browsing import Visitor, faults, visitor
from tests.api.conftest import Api

PAGE = "/projects/p/deployments"
SAID = {"name": "day ahead", "champion": "m1", "challenger": "m2", "type_policy": "strict"}


@pytest.fixture
def admin(api: Api) -> Visitor:
    return visitor(api, "admin")


def made(api: Api) -> dict[str, Any]:
    found: dict[str, Any] = api.call("GET", "/api/v1/deployments/p.day-ahead").json()
    return found


def test_a_model_gets_an_address_with_what_was_chosen(api: Api, admin: Visitor) -> None:
    done = admin.send(PAGE, **SAID, time_zone="Europe/Paris", isolation="process")
    assert (done.status_code, done.headers["location"]) == (303, f"{PAGE}/day-ahead")
    found = made(api)
    assert (found["champion"]["model"], found["challenger"]["model"]) == ("m1", "m2")
    assert (found["time_zone"], found["type_policy"], found["isolation"]) == ("Europe/Paris", "strict", "process")


def test_what_is_left_empty_is_as_usual(api: Api, admin: Visitor) -> None:
    assert admin.send(PAGE, name="day ahead", champion="m1", challenger="", time_zone="").status_code == 303
    found = made(api)
    assert (found["challenger"], found["type_policy"], found["isolation"]) == (None, "best_effort", "shared")


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"name": "live"}, "name", "already"),
        ({"name": " "}, "name", "name"),
        ({"champion": "m9"}, "champion", "no trained model"),
        ({"challenger": "m1"}, "challenger", "the same model"),
        ({"time_zone": "Mars"}, "time_zone", "Mars"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_written_stays(
    admin: Visitor, wrong: dict[str, str], field: str, said: str
) -> None:
    refused = admin.send(PAGE, **{**SAID, **wrong})
    assert refused.status_code in {409, 422}
    assert said in faults(refused.text)[f"deployment-{field}"]
    assert 'value="strict" required checked' in refused.text


def test_only_an_admin_is_offered_a_process_of_its_own(api: Api) -> None:
    contributor = visitor(api, "contributor")
    page = contributor.read(PAGE)
    assert "New deployment" in page
    assert 'name="isolation"' not in page
    refused = contributor.send(PAGE, **SAID, isolation="process")
    assert (refused.status_code, "Only an admin" in refused.text) == (403, True)


def test_who_may_not_write_has_no_such_form(api: Api) -> None:
    viewer = visitor(api, "viewer")
    assert "New deployment" not in viewer.read(PAGE)
    assert viewer.send(PAGE, **SAID).status_code == 403
    assert api.call("GET", "/api/v1/deployments/p.day-ahead").status_code == 404
