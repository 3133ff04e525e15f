"""`watchkeeper demo`, held against its own journal: what is shown is computed again with pandas and SciPy."""

import pandas as pd
import pytest
from scipy.spatial.distance import jensenshannon
from sklearn.metrics import mean_absolute_percentage_error

from tests.journeys.conftest import Story
from tests.journeys.servers import until
from watchkeeper.demo.haste import NAME
from watchkeeper.demo.story import EVER
from watchkeeper.sdk import Deployment

pytestmark = pytest.mark.journey

FEATURE = "Temperature"
SIMULATED = "2023"
"""The last year of that history."""
ROLES = ("champion", "challenger")


@pytest.fixture(params=["story", pytest.param("real_story", marks=pytest.mark.real_data)], scope="module", name="tale")
def fixture_tale(request: pytest.FixtureRequest) -> Story:
    found: Story = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def deployment(tale: Story) -> Deployment:
    return tale.deployment


@pytest.fixture(scope="module")
def journals(deployment: Deployment) -> dict[str, pd.DataFrame]:
    return {role: deployment.journal(role=role).to_pandas() for role in ROLES}  # type: ignore[arg-type]


def test_the_outcome_says_what_happened(tale: Story, deployment: Deployment) -> None:
    said = tale.outcome
    assert set(said) >= {"url", "project", "deployment", "rows", "days", "predictions", *ROLES, "usage", "drift"}
    assert said["rows"] == len(tale.truth)
    assert said["days"] == 730
    assert said["predictions"] == {role: len(tale.truth) for role in ROLES}
    assert all(said[role]["learner"] for role in ROLES)
    assert said["usage"]["calls"] >= 730
    assert said["usage"]["errors"] == 0
    assert said["usage"]["response_ms"] > 0
    assert 0 <= said["drift"]["global"] < 1  # 0 for a champion that hardly looks at what has drifted
    found = deployment.drift(days=EVER).total["champion"].global_drift
    assert found is not None
    assert said["drift"]["global"] == found.effect.estimate
    assert said["drift"]["features"][FEATURE] > 0


def test_the_models_are_replaced_on_proof_and_what_is_worse_goes_back(tale: Story, deployment: Deployment) -> None:
    said = tale.outcome
    assert said["runs"]["done"] >= 12
    assert said["runs"]["failed"] == 0
    releases = deployment.releases.list()
    assert said["releases"] == len(releases)
    kinds = [release.kind for release in releases]
    assert kinds.count("promoted") >= 2
    hasty = next(each for each in deployment.pipelines.list() if each.name == NAME).runs.list()[0]
    proven = hasty.step("compare").outputs["verdict"] == "better"  # on recorded data it need not be
    assert kinds.count("rolled-back") >= proven
    assert proven or max(tale.truth)[:4] != SIMULATED
    assert all(release.run for release in releases if release.kind in {"promoted", "rolled-back"})
    found = deployment.firings.list()
    assert 0 < len(said["firings"]) <= len(found)
    rules = {firing["rule"] for firing in said["firings"]}
    assert rules >= {"The performance falls"}
    assert rules.isdisjoint({"Labels are missing", "A pipeline's run failed", "Calls fail"})


def test_each_half_hour_is_in_the_journal_once_by_both_roles(tale: Story, journals: dict[str, pd.DataFrame]) -> None:
    for role in ROLES:
        journal = journals[role]
        assert not journal["duplicate"].any()
        assert journal["id"].is_unique
        assert set(journal["at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")) == set(tale.truth)
    assert set(journals["champion"]["id"]) == set(journals["challenger"]["id"])
    joined = journals["champion"].merge(journals["challenger"], on="id", suffixes=("", "_other"))
    assert (joined["prediction"] != joined["prediction_other"]).mean() > 0.99


def test_the_errors_of_both_are_as_told(tale: Story, journals: dict[str, pd.DataFrame]) -> None:
    for role in ROLES:
        journal = journals[role]
        truth = journal["at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ").map(tale.truth)
        mape = 100 * ((journal["prediction"] - truth).abs() / truth.abs()).mean()
        assert tale.outcome[role]["mape"] == pytest.approx(mape, abs=0.001)
    assert tale.outcome["champion"]["mape"] < 6


def test_each_months_error_is_that_of_scikit_learn_on_what_is_downloaded(tale: Story, deployment: Deployment) -> None:
    labels = deployment.labels.to_arrow().to_pandas().rename(columns={"value": "truth"})
    assert tale.outcome["labels"] == len(labels) == len(tale.truth)
    for role in ROLES:
        rows = deployment.journal(role=role).to_pandas().merge(labels[["id", "truth"]], on="id")  # type: ignore[arg-type]
        months = rows["at"].dt.tz_convert(deployment.time_zone).dt.strftime("%Y-%m")
        expected = {
            month: 100 * mean_absolute_percentage_error(mine["truth"], mine["prediction"])
            for month, mine in rows.groupby(months)
        }
        assert tale.outcome["performance"][role] == pytest.approx(expected, abs=1e-9)
        assert len(expected) == 24


def test_the_counts_by_day_are_those_of_the_journal(deployment: Deployment, journals: dict[str, pd.DataFrame]) -> None:
    usage = deployment.usage(days=36_600)
    for role in ROLES:
        journal = journals[role]
        days = journal["at"].dt.tz_convert(deployment.time_zone).dt.date
        counted = {each.day: getattr(each, role).rows for each in usage.days}
        assert counted == days.value_counts().to_dict()
        calls = {each.day: getattr(each, role).calls for each in usage.days}
        assert calls == journal.groupby(days)["call"].nunique().to_dict()
        assert usage.total[role].rows == len(journal)
        times = journal.drop_duplicates("call")["milliseconds"]
        assert usage.total[role].mean_ms == pytest.approx(times.mean())
        assert usage.total[role].p95_ms == pytest.approx(times.quantile(0.95, interpolation="higher"), rel=0.05)


def test_one_features_drift_is_that_of_the_journal(
    tale: Story, deployment: Deployment, journals: dict[str, pd.DataFrame]
) -> None:
    """The groups' edges are the API's; the counts in them, and the distance, are computed here."""
    project = tale.server.client().projects.get(tale.outcome["project"])
    dataset = project.datasets.get("demand, the past")
    path = dataset.download(tale.server.home / "past.parquet")
    reference = pd.read_parquet(path)[FEATURE]
    production = journals["champion"][f"input.{FEATURE}"]
    feature = deployment.distribution(days=36_600).feature(FEATURE)
    assert feature.edges is not None
    edges = [-float("inf"), *feature.edges[1:-1], float("inf")]

    def shares(values: "pd.Series[float]") -> list[float]:
        inside = pd.cut(values, edges, right=True).value_counts(sort=False).tolist()
        return [count / len(values) for count in (*inside, int(values.isna().sum()))]

    assert list(feature.reference) == pytest.approx(shares(reference), abs=1e-9)
    assert list(feature.champion) == pytest.approx(shares(production), abs=1e-9)
    distance = jensenshannon(shares(reference), shares(production), base=2)
    assert feature.drift == pytest.approx(distance, abs=1e-6)
    assert tale.outcome["drift"]["features"][FEATURE] == pytest.approx(distance, abs=1e-6)


def test_there_is_a_drift_for_each_day(deployment: Deployment) -> None:
    drift = deployment.drift(days=36_600)
    assert len(drift.days) == 730
    assert all(each.champion.distance is not None and each.champion.distance >= 0 for each in drift.days)
    assert all(each.challenger is not None and each.challenger.distance is not None for each in drift.days)
    spec = drift.chart().to_json()
    assert len(spec["data"]["values"]) == 730


def test_the_command_line_says_the_same(tale: Story, deployment: Deployment) -> None:
    address, server = tale.outcome["deployment"], tale.server
    assert server.run_json("deployments", "usage", address, "--days", "730") == deployment.usage(days=730).to_json()
    # The worker may come to another day between one call and the other.
    until(lambda: server.run_json("deployments", "drift", address) == deployment.drift().to_json(), within=60)
    assert server.run_json("deployments", "distribution", address) == deployment.distribution().to_json()
    assert server.run_json("deployments", "health", address)["state"] == "healthy"
    assert "Temperature" in server.run("deployments", "drift", address)
    assert "champion" in server.run("deployments", "usage", address)


def test_its_health_is_good(deployment: Deployment) -> None:
    health = deployment.wait().health()
    assert (health.state, health.owed) == ("healthy", 0)
