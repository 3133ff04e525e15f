"""Segments of a deployment through the API, as the SDK reads them."""

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from tests.api.browsing import visitor
from tests.api.conftest import Api
from tests.api.journals import answered, collector_of
from tests.fakes.clock import StillClock
from tests.storage.worlds import NOW, call
from watchkeeper.monitoring.compact import packed
from watchkeeper.monitoring.ports import SegmentSheet
from watchkeeper.monitoring.references.watching import watched
from watchkeeper.monitoring.segments.listing_segments import judge_asked, keep_lists
from watchkeeper.sdk import Deployment
from watchkeeper.sdk.errors import Forbidden, NotFound, Refused, Unavailable
from watchkeeper.serving.deployment import Role
from watchkeeper.serving.frames import Frame
from watchkeeper.storage.sql.segments import segments_said

DAY = date(2026, 2, 28)
PAGE = "/projects/p/deployments/live/distribution"
SPAN = {"start": DAY, "end": DAY}


def with_reference(api: Api) -> None:
    """Half of its rows from either town, and small ones from Nice."""
    chance = np.random.default_rng(1)
    towns = np.where(np.arange(4_000) % 2, "Lyon", "Nice")
    sizes = chance.normal(np.where(towns == "Nice", 3.0, 7.0), 1.0)
    path = api.assembly.places.table("s1")
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"size": sizes, "town": towns}), path)


def some(name: str, town: str | None, *, rows: int, around: float) -> Frame:
    sizes = np.random.default_rng(rows).normal(around, 1.0, rows)
    return replace(
        call(name, rows=rows, owes=None), inputs={"size": sizes.tolist(), "town": [town] * rows}, outputs=sizes.tolist()
    )


def by_town(api: Api) -> Deployment:
    """As if it had been said when the deployment was made."""
    deployment = api.client("contributor").projects.get("p").deployments.get("live")
    deployment.segment_by("town")
    with api.assembly.store.work() as work:
        work.connection.execute(segments_said.update().values(since=NOW))
    return deployment


@pytest.fixture
def live(api: Api) -> Deployment:
    with_reference(api)
    return by_town(api)


@pytest.fixture
def seen(api: Api, live: Deployment) -> Deployment:
    """Lyon as it was, Nice larger, Metz new, and far more rows from Lyon."""
    frames = [some("lyon", "Lyon", rows=1_500, around=7.0), some("nice", "Nice", rows=500, around=5.0)]
    answered(api, *frames, some("metz", "Metz", rows=30, around=5.0), some("none", None, rows=10, around=5.0))
    return live


def test_the_segment_can_be_said_changed_and_ended(api: Api, live: Deployment) -> None:
    assert (live.segment.column, live.segment.choices) == ("town", ("town",))
    assert live.segment_by(None).column is None
    assert [each.column for each in live.segment_history()] == [None, "town"]
    assert {each.set_by for each in live.segment_history()} == {"contributor"}
    with pytest.raises(Refused, match="more than 50 values") as failure:
        live.segment_by("size")
    assert failure.value.code == "segment-refused"
    viewer = api.client("viewer").projects.get("p").deployments.get("live")
    with pytest.raises(Forbidden):
        viewer.segment_by("town")


def test_a_deployment_may_begin_with_a_segment_or_is_not_made(api: Api) -> None:
    deployments = api.client("contributor").projects.get("p").deployments
    with pytest.raises(Refused, match="no feature 'cellar'"):
        deployments.create("second", champion="m1", segment="cellar", wait=False)
    assert [each.slug for each in deployments.list()] == ["live"]
    assert deployments.create("second", champion="m1", segment="town", wait=False).segment.column == "town"
    visit = visitor(api, "contributor")
    refused = visit.send("/projects/p/deployments", name="third", champion="m1", segment="cellar")
    assert (refused.status_code, "no feature &#39;cellar&#39;" in refused.text) == (422, True)


def test_segments_are_told_beside_each_other_what_drifted_first(seen: Deployment) -> None:
    found = seen.segments(**SPAN)  # type: ignore[arg-type]
    names = [each.segment for each in found]
    assert (names[0], names[-1], set(names[1:-1])) == ("Nice", "Lyon", {"Metz", "missing"})
    nice, lyon = found["Nice"], found["Lyon"]
    assert (nice.verdict, nice.drifted, nice.rows, nice.reference_share) == ("drifted", ("size",), 500, 0.5)
    assert (lyon.verdict, lyon.drifted_columns, round(lyon.share, 2)) == ("stable", 0, 0.74)
    assert found["Metz"].sentence == "The reference has no such rows to hold it against."
    assert found.mix is not None
    assert found.mix.verdict == "drifted"
    assert "same segment of the reference" in found.sentence
    assert "no alarm is raised" in found.sentence
    assert found.to_arrow().num_rows == 4
    assert [row["segment"] for row in found.chart().to_json()["data"]["values"]] == [each.segment for each in found]


def test_drift_of_a_segment_is_held_against_the_same_of_the_reference(seen: Deployment) -> None:
    lyon, nice = (seen.drift(**SPAN, segment=name) for name in ("Lyon", "Nice"))  # type: ignore[arg-type]
    assert (lyon.verdict, lyon.drifted, lyon.segment) == ("stable", (), "Lyon")
    assert (nice.verdict, nice.drifted) == ("drifted", ("size",))
    assert "spends nothing of the alarm budget" in nice.note
    whole = seen.drift(**SPAN)  # type: ignore[arg-type]
    assert (whole.segment, whole.note) == (None, "")
    assert nice.total["champion"].rows == 500
    assert nice.chart().to_json()["data"]


def test_profiles_of_all_segments_add_up_to_those_of_all_rows(seen: Deployment) -> None:
    names = [each.segment for each in seen.segments(**SPAN)]  # type: ignore[arg-type]
    for column in ("size", "town", "prediction"):
        (whole,) = seen.profiles(column, **SPAN)  # type: ignore[arg-type]
        parts = [seen.profiles(column, **SPAN, segment=name) for name in names]  # type: ignore[arg-type]
        assert sum(each.rows for (each,) in parts) == whole.rows
        assert {name: sum(each.counts[name] for (each,) in parts) for name in whole.counts} == whole.counts
    assert sum(seen.profiles("size", **SPAN, segment="Nice").reference.values()) == 2_000  # type: ignore[arg-type]
    with pytest.raises(NotFound, match="no release 2"):
        seen.profiles("size", **SPAN, release=2)  # type: ignore[arg-type]


def test_what_the_worker_has_kept_is_what_is_told(api: Api, seen: Deployment) -> None:
    before = seen.segments(**SPAN)  # type: ignore[arg-type]
    with api.assembly.store.look() as work:
        deployment = work.deployments.get("d1")
    assert deployment is not None
    assert keep_lists(deployment, collector_of(api)) == 3
    assert keep_lists(deployment, collector_of(api)) == 0
    after = seen.segments(30)
    assert after.records() == before.records()
    assert after.mix == before.mix


def test_what_would_take_long_is_left_to_the_worker_which_judges_it_within_seconds(api: Api, seen: Deployment) -> None:
    before = seen.segments(**SPAN)  # type: ignore[arg-type]
    with api.assembly.store.work() as work:
        deployment = work.deployments.get("d1")
        assert deployment is not None
        watch = watched(deployment, work=work, places=api.assembly.places)
        nothing = packed(np.zeros(watch.size, dtype=np.int64))
        days = [(DAY - timedelta(days=back)).isoformat() for back in range(1, 500)]
        sheets = [SegmentSheet(1, place, 1, role, day, 0, nothing) for place in (0, 1) for role in Role for day in days]
        work.segments.add("d1", sheets)
    long = {"start": DAY - timedelta(days=499), "end": DAY}
    waiting = seen.segments(**long, within=0)  # type: ignore[arg-type]
    assert (waiting.judged, waiting.mix, {each.verdict for each in waiting}) == (None, None, {None})
    assert {each.segment: (each.rows, each.share) for each in waiting} == {
        each.segment: (each.rows, each.share) for each in before
    }
    page = visitor(api, "viewer").read(f"{PAGE}?start={long['start']}&end={long['end']}")
    assert "The worker is judging these days" in page
    with pytest.raises(Unavailable, match=r"not judged by segment after 0\.01 seconds"):
        seen.segments(**long, within=0.01)  # type: ignore[arg-type]
    assert seen.causes(**long).segments_judged is False  # type: ignore[arg-type]
    assert judge_asked(deployment, collector_of(api))
    assert not judge_asked(deployment, collector_of(api))
    assert seen.causes(**long).segments_judged  # type: ignore[arg-type]
    found = seen.segments(**long)  # type: ignore[arg-type]
    assert found.judged is not None
    assert [(each.segment, each.verdict) for each in found] == [(each.segment, each.verdict) for each in before]
    clock = api.assembly.clock
    assert isinstance(clock, StillClock)
    clock.move(days=2)
    answered(api, some("later", "Lyon", rows=3, around=7.0))
    assert not judge_asked(deployment, collector_of(api)), "nobody has asked for it since"


def test_what_is_no_segment_is_refused_by_name(seen: Deployment) -> None:
    with pytest.raises(Refused, match=r"no segment 'Paris' of town\. There are: Lyon, Nice") as failure:
        seen.drift(segment="Paris")
    assert failure.value.code == "no-segment"
    with pytest.raises(Refused, match="Nothing was counted by 'cellar'"):
        seen.segments(column="cellar")
    with pytest.raises(Refused, match="counted by day"):
        seen.profiles("size", by="hour", segment="Lyon")
    with pytest.raises(Refused, match="not against another period"):
        seen.drift(segment="Lyon", against=(DAY, DAY))


def test_predictions_of_a_segment_are_judged_where_the_model_s_reference_kept_its_inputs(api: Api) -> None:
    with_reference(api)
    towns = pq.read_table(api.assembly.places.table("s1"))
    answers = pa.table({"prediction": towns["size"], "input.town": towns["town"]})
    for model in ("m1", "m2"):
        pq.write_table(answers, api.assembly.places.model(model) / "reference.parquet")
    live = by_town(api)
    frames = [some("lyon", "Lyon", rows=600, around=7.0), some("nice", "Nice", rows=500, around=5.0)]
    answered(api, *frames)
    lyon, nice = (live.drift(**SPAN, segment=name) for name in ("Lyon", "Nice"))  # type: ignore[arg-type]
    assert (lyon.columns["prediction of the champion"].verdict, lyon.verdict) == ("stable", "stable")
    assert set(nice.drifted) == {"size", "prediction of the champion"}
    assert "not judged" not in nice.note


def test_without_a_segment_it_is_said_what_to_do(api: Api) -> None:
    deployment = api.client("viewer").projects.get("p").deployments.get("live")
    assert deployment.segment.column is None
    with pytest.raises(Refused, match="Say which one is"):
        deployment.segments()


def test_where_the_reference_is_gone_segments_are_held_against_all_of_it(api: Api) -> None:
    deployment = by_town(api)
    answered(api, some("lyon", "Lyon", rows=300, around=7.0))
    found = deployment.segments(**SPAN)  # type: ignore[arg-type]
    assert [(each.segment, each.verdict, each.reference_share) for each in found] == [("Lyon", "drifted", None)]
    assert "against all of them" in found.sentence
    assert found.mix is None


def test_the_page_shows_segments_and_one_of_them_alone(api: Api, seen: Deployment) -> None:
    visit = visitor(api, "viewer")
    text = visit.get(f"{PAGE}?start={DAY}&end={DAY}").text
    assert "By segment" in text
    assert "The mix of segments" in text
    assert "segment=Nice" in text
    assert "Count rows apart" not in text
    alone = visit.get(f"{PAGE}?start={DAY}&end={DAY}&segment=Nice").text
    assert "Only rows of town Nice" in alone
    assert "day by day" not in alone.lower().split("features")[0]
    csv = visit.get(f"{PAGE.removesuffix('distribution')}segments.csv?start={DAY}&end={DAY}").text
    assert csv.splitlines()[1].startswith("Nice,500,")
    del seen


def test_the_form_says_which_feature_is_the_segment(api: Api, live: Deployment) -> None:
    visit = visitor(api, "contributor")
    said = []
    for column in ("", "town"):
        assert visit.send(f"{PAGE}/segment", column=column).status_code == 303
        said.append(live.segment.column)
    assert said == [None, "town"]
    refused = visit.send(f"{PAGE}/segment", column="size")
    assert refused.status_code == 422
    assert "more than 50 values" in refused.text


def test_a_feature_s_page_shows_it_over_time(api: Api, seen: Deployment) -> None:
    visit = visitor(api, "viewer")
    asked = f"{PAGE}/profile?column=size&start={DAY}&end={DAY}"
    assert "size over time" in visit.get(asked).text
    assert "Segments are counted by day" in visit.get(f"{asked}&grain=hour&segment=Nice").text
    lines = visit.get(f"{asked.replace('/profile?', '/profile.csv?')}&segment=Nice").text.splitlines()
    assert (lines[0], sum(int(line.rsplit(",", 1)[1]) for line in lines[1:])) == ("day,bin,rows", 500)
    assert visit.get(f"{PAGE}/profile?column=cellar").status_code == 422
    del seen


def test_a_cause_names_the_segment_in_which_it_is_concentrated(api: Api, live: Deployment) -> None:
    answered(api, some("lyon", "Lyon", rows=1_500, around=7.0), some("nice", "Nice", rows=500, around=7.0))
    (cause,) = [each for each in live.causes(**SPAN) if each.column == "size"]  # type: ignore[arg-type]
    assert cause.segment is not None
    assert (cause.segment.name, cause.segment.rows) == ("town Nice", 0.25)
    assert "of it is in town Nice, which has 25 % of the rows" in cause.sentence
    assert "of it is in town Nice" in visitor(api, "viewer").get(f"{PAGE}?start={DAY}&end={DAY}").text


def test_a_column_without_one_of_its_segments_is_refused_with_those_there_are(api: Api, seen: Deployment) -> None:
    found = api.call("GET", f"/api/v1/deployments/{seen.id}/profiles?column=size&segment_of=town")
    assert (found.status_code, found.json()["code"]) == (422, "no-segment")
    assert found.json()["detail"].startswith("Say which segment of town is meant. There are: Lyon, Nice")
