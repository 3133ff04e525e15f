"""The Releases tab of a deployment, and a project's pages when a model's files are gone."""

import re
from typing import Any

import httpx2
import pytest

from tests.api.browsing import faults
from tests.api.conftest import Api

PAGE = "/projects/p/deployments/live/releases"


@pytest.fixture
def session(api: Api) -> dict[str, str]:
    link = api.call("POST", "/api/v1/sign-in-links").json()["url"]
    answer = api.call("POST", "/sign-in", who=None, data={"token": link.partition("token=")[2]})
    return {"Cookie": answer.headers["set-cookie"].partition(";")[0]}


def read(api: Api, session: dict[str, str], path: str = PAGE) -> str:
    answer = api.call("GET", path, who=None, headers=session)
    assert answer.status_code == 200, answer.text
    return answer.text


def send(api: Api, session: dict[str, str], **form: str) -> httpx2.Response:
    token = re.search(r'name="csrf" value="(\w+)"', read(api, session))
    assert token is not None
    return api.call("POST", PAGE, who=None, headers=session, data={"csrf": token[1], **form})


def test_the_tab_says_what_is_in_force_and_what_each_button_will_do(api: Api, session: dict[str, str]) -> None:
    shown = read(api, session)
    assert "Release 1 is in force" in shown
    assert "Promote the challenger" in shown
    assert "will answer all callers of p.live" in shown
    assert "Roll back to" not in shown


def test_a_button_makes_a_release_with_its_reason(api: Api, session: dict[str, str]) -> None:
    made = send(api, session, action="swap", expected="1", reason="m2 <wins>")
    assert (made.status_code, made.headers["location"]) == (303, PAGE)
    shown = read(api, session)
    assert "Release 2 is in force" in shown
    assert "m2 &lt;wins&gt;" in shown
    assert send(api, session, action="roll_back", expected="2", to="1").status_code == 303
    assert "rolled-back" in read(api, session)


def test_a_page_that_is_out_of_date_makes_no_release_and_says_so(api: Api, session: dict[str, str]) -> None:
    send(api, session, action="swap", expected="1")
    late = send(api, session, action="promote", expected="1")
    assert late.status_code == 409
    assert "Release 2 is in force by now" in late.text
    assert send(api, session, action="explode").status_code == 422


def test_a_promotion_keeps_the_old_champion_or_not_as_chosen(api: Api, session: dict[str, str]) -> None:
    assert send(api, session, action="promote", expected="1", keep="true").status_code == 303
    assert "Release 2 is in force" in read(api, session)
    assert releases(api)[0]["challenger"]["model"] == "m1"
    assert send(api, session, action="promote", expected="2", keep="false").status_code == 303
    assert releases(api)[0]["challenger"] is None


def test_a_challenger_is_chosen_among_the_models_that_have_no_part(api: Api, session: dict[str, str]) -> None:
    assert "nobody: linear of version 1 stops answering" in read(api, session)
    assert send(api, session, action="challenge", expected="1", challenger="").status_code == 303
    assert releases(api)[0]["challenger"] is None
    shown = read(api, session)
    assert "Promote the challenger" not in shown
    assert re.search(r'<option value="m2">version 1, linear', shown)
    assert '<option value="m1"' not in shown
    assert send(api, session, action="challenge", expected="2", challenger="m2").status_code == 303
    foreign = send(api, session, action="challenge", expected="3", challenger="m9")
    assert (foreign.status_code, "no trained model of this project" in foreign.text) == (409, True)


def test_the_type_policy_is_changed_and_what_was_refused_stays_written(api: Api, session: dict[str, str]) -> None:
    same = send(api, session, action="change", expected="1", type_policy="best_effort", reason="to be sure")
    assert (same.status_code, 'value="to be sure"' in same.text) == (409, True)
    assert send(api, session, action="change", expected="1", type_policy="strict").status_code == 303
    assert releases(api)[0]["type_policy"] == "strict"
    long = send(api, session, action="swap", expected="2", reason="x" * 501)
    assert "at most 500 characters" in faults(long.text)["swap-reason"]


SPLIT = {"split.share": "0.05", "split.by": "column:town", "split.header": "", "split.ramp": "1h=0.25, 6h=1"}


def test_a_split_is_written_and_shown_in_a_sentence(api: Api, session: dict[str, str]) -> None:
    assert send(api, session, action="change", expected="1", shadow="0.5", **SPLIT).status_code == 303
    shown = read(api, session)
    assert "5 % of calls, by town, answered by the challenger; 25 % after 1 h, 100 % after 6 h (5 % now)" in shown
    assert 'value="1h=0.25, 6h=1"' in shown
    api.assembly.clock.move(minutes=70)  # type: ignore[attr-defined]
    assert "(25 % now)" in read(api, session)
    assert send(api, session, action="change", expected="2", type_policy="strict", **SPLIT).status_code == 303
    kept, before = releases(api)[:2]
    assert (kept["split"], kept["reason"]) == (before["split"], "Type policy strict.")
    assert "(25 % now)" in read(api, session)
    header = {"split.share": "1", "split.by": "header", "split.header": " X-Customer "}
    assert send(api, session, action="change", expected="3", **header).status_code == 303
    assert releases(api)[0]["split"]["header"] == "X-Customer"
    assert send(api, session, action="change", expected="4", **{"split.share": " "}).status_code == 303
    assert releases(api)[0]["split"] is None


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("split.share", "a few", "a few is no number"),
        ("split.share", "20", "is no share"),
        ("split.ramp", "soon", "is no number"),
        ("split.ramp", "soon=1", "begins after a time"),
        ("split.header", "two words", "is no name of a header"),
        ("shadow", "half", "half is no number"),
        ("shadow", "0", "is no share"),
    ],
)
def test_what_was_written_wrong_is_said_beside_its_field(
    api: Api, session: dict[str, str], field: str, text: str, said: str
) -> None:
    form = {**SPLIT, "split.by": "header", field: text}
    refused = send(api, session, action="change", expected="1", **form)
    assert refused.status_code == 422
    assert said in faults(refused.text)[f"change-{field}"]
    assert f'value="{text}"' in refused.text


def test_a_form_without_the_release_that_it_saw_makes_none(api: Api, session: dict[str, str]) -> None:
    for odd in ({}, {"expected": ""}, {"expected": "one"}):
        assert send(api, session, action="swap", **odd).status_code == 422
    assert "Release 1 is in force" in read(api, session)


def releases(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.call("GET", "/api/v1/deployments/d1/releases").json()["items"]
    return found


def test_a_form_without_its_token_makes_no_release(api: Api, session: dict[str, str]) -> None:
    forged = api.call("POST", PAGE, who=None, headers=session, data={"action": "swap"})
    assert forged.status_code == 403
    assert "Release 1 is in force" in read(api, session)


def test_a_viewer_reads_the_releases_without_buttons(api: Api) -> None:
    shown = api.call("GET", PAGE, who="viewer").text
    assert "Release 1 is in force" in shown
    assert '<form method="post" action="' + PAGE not in shown


def test_a_deployment_whose_files_are_gone_leaves_its_projects_pages_readable(
    api: Api, session: dict[str, str]
) -> None:
    for name in ("one", "two"):
        wanted = {"name": name, "champion": "m1" if name == "one" else "m2"}
        assert api.call("POST", "/api/v1/projects/p/deployments", json=wanted).status_code == 201
    (api.assembly.places.model("m2") / "reference.parquet").unlink()
    for path in ("/projects/p", "/projects/p/deployments", "/projects"):
        shown = read(api, session, path)
        if path != "/projects":
            assert {"one", "two", "live"} <= set(re.findall(r">(\w+)</a>", shown))
            assert "The files of the model &#39;m2&#39; are gone" in shown
    broken = api.call("GET", "/projects/p/deployments/two", who=None, headers=session)
    assert (broken.status_code, "are gone" in broken.text) == (409, True)
    assert api.call("GET", "/api/v1/deployments/p.two/drift").json()["code"] == "reference-gone"
