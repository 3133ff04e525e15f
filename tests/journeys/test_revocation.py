"""Keys and people on a real server with four prediction processes, through the SDK and the command line."""

import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from threading import Event

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.journeys.deployed import deployed
from tests.journeys.servers import COMMAND, Server, environment, running, until
from watchkeeper.sdk import Client, Deployment, Key, Project, Rate
from watchkeeper.sdk.errors import NotFound, Refused, Unidentified

pytestmark = pytest.mark.journey
PROCESSES, CALLERS = 4, 6
ROW = {"size": 80.0, "town": "Lyon", "garden": True}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("people")
    with running(root / "data", root / "home", "--workers", str(PROCESSES)) as found:
        yield found


@pytest.fixture(scope="module")
def deployment(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    return deployed(server, tmp_path_factory.mktemp("homes"))


@pytest.fixture
def project(server: Server, deployment: Deployment) -> Project:
    return server.client().projects.get(deployment.address.partition(".")[0])


def status(deployment: Deployment, key: Key) -> int:
    """Over a connection of its own, so that either process may get it."""
    headers = {"Authorization": f"Bearer {key.secret}"}
    return httpx2.post(deployment.url, json=ROW, headers=headers, timeout=10).status_code


@dataclass
class Load:
    """Callers with one key, each call over a connection of its own, until `over`; when each call began and ended, and
    how."""

    deployment: Deployment
    key: Key
    over: Event = field(default_factory=Event)
    calls: list[tuple[float, float, int]] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[None]:
        with ThreadPoolExecutor(CALLERS) as pool:
            callers = [pool.submit(self._call) for _ in range(CALLERS)]
            try:
                yield
            finally:
                self.over.set()
        assert [caller.result() for caller in callers] == [None] * CALLERS

    def _call(self) -> None:
        while not self.over.is_set():
            begun = time.monotonic()
            found = status(self.deployment, self.key)
            self.calls.append((begun, time.monotonic(), found))


def figures(server: Server, name: str, url: str | None = None, **labels: str) -> dict[str, float]:
    """The values of a figure by process, summed over all labels but these."""
    headers = {"Authorization": f"Bearer {server.connection['key']}"}
    text = httpx2.get(f"{url or server.url}/metrics", headers=headers).text
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name == name and labels.items() <= sample.labels.items():
                process = sample.labels["process"]
                found[process] = found.get(process, 0.0) + sample.value
    return found


def test_a_revoked_key_is_refused_by_every_process_from_a_second_on_under_load(
    server: Server, project: Project, deployment: Deployment
) -> None:
    key, other = project.keys.create("caller"), project.keys.create("other")
    until(lambda: status(deployment, key) == status(deployment, other) == 200)
    planes = {f"plane-{number}" for number in range(1, PROCESSES + 1)}
    before = {"status": "200", "role": "champion"}, {"status": "401", "code": "unknown-key"}
    mine, theirs = Load(deployment, key), Load(deployment, other)
    with mine.running(), theirs.running():
        until(lambda: set(figures(server, "watchkeeper_calls_total", **before[0])) >= planes)
        assert set(figures(server, "watchkeeper_calls_turned_away_total", **before[1])) & planes == set()
        asked = time.monotonic()
        key.revoke()
        revoked = time.monotonic()
        until(lambda: set(figures(server, "watchkeeper_calls_turned_away_total", **before[1])) >= planes)
        time.sleep(max(revoked + 2.0 - time.monotonic(), 0.0))
    assert {status for _, ended, status in mine.calls if ended < asked} == {200}
    assert {status for begun, _, status in mine.calls if begun >= revoked + 1.0} == {401}
    assert {status for _, _, status in theirs.calls} == {200}


def test_a_rate_holds_over_all_processes_and_what_it_kept_out_is_counted(
    server: Server, project: Project, deployment: Deployment
) -> None:
    key = project.keys.create("slow", rate=Rate(40, "minute"))
    until(lambda: status(deployment, key) == 200)
    begun = time.monotonic()
    load = Load(deployment, key)
    with load.running():
        until(lambda: sum(status == 429 for _, _, status in load.calls) >= 60)
    passed = sum(status == 200 for _, _, status in load.calls)
    assert {status for _, _, status in load.calls} == {200, 429}
    assert 10 <= passed <= 40 + 40 * (time.monotonic() - begun) / 60
    refused = sum(status == 429 for _, _, status in load.calls)

    def listed() -> Key:
        (found,) = [each for each in project.keys.list() if each.id == key.id]
        return found

    until(lambda: listed().calls.total == passed + 1 and listed().calls.refused == refused)
    assert listed().calls.today == passed + 1
    (mine,) = [each for each in deployment.callers(by="arrival") if each.key == key.id]
    assert (mine.name, mine.total.calls, mine.total.refused) == ("slow", passed + 1, refused)
    said = server.run_json("deployments", "callers", deployment.address, "--by", "arrival")
    assert {each["name"]: each["refused"] for each in said["items"]}["slow"] == refused
    made = server.run_json("keys", "create", "of the shell", "--calls", "5", "--per", "second", "-p", project.slug)
    assert made["rate"] == {"calls": 5, "per": "second", "rows": None}


def test_another_rate_holds_within_a_second(server: Server, project: Project, deployment: Deployment) -> None:
    key = project.keys.create("tuned", rate=Rate(4 * PROCESSES))
    until(lambda: status(deployment, key) == 429)
    key.change_rate(None)
    time.sleep(1.0)
    assert {status(deployment, key) for _ in range(5 * PROCESSES)} == {200}
    said = server.run_json("keys", "rate", key.id, "--calls", str(PROCESSES), "--project", project.slug)
    assert said["rate"] == {"calls": PROCESSES, "per": "minute", "rows": None}
    time.sleep(1.0)
    assert [status(deployment, key) for _ in range(3 * PROCESSES)].count(200) <= PROCESSES
    assert "--unlimited" in server.run("keys", "rate", key.id, "--project", project.slug, expect=1)
    own = server.client().account.keys.create("of mine", rate=Rate(1))
    assert server.run_json("account", "keys", "rate", own.id, "--unlimited")["rate"] is None


def test_the_figures_of_all_processes_come_in_one_answer_from_either_port(
    server: Server, deployment: Deployment
) -> None:
    everybody = {"console", "worker", *(f"plane-{number}" for number in range(1, PROCESSES + 1))}

    def all_there(url: str) -> bool:
        return set(figures(server, "watchkeeper_process_open_fds", url)) == everybody

    for url in (server.url, server.predict_url):
        until(partial(all_there, url))
        assert httpx2.get(f"{url}/metrics").status_code == 401
        lag = figures(server, "watchkeeper_journal_lag_seconds", url, deployment=deployment.address)
        assert set(lag) == {"worker"}
        loaded = figures(server, "watchkeeper_model_load_seconds", url, deployment=deployment.address, role="champion")
        assert len(loaded) == PROCESSES
    server.kill("plane-2")
    until(partial(all_there, server.url))
    assert max(figures(server, "watchkeeper_process_silent_seconds").values()) < 10


def test_scopes_and_the_one_deployment_hold_on_the_plane_too(project: Project, deployment: Deployment) -> None:
    other = project.deployments.create("another", champion=deployment.champion.model)
    labeller = project.keys.create("labeller", scopes=["label"])
    narrow = project.keys.create("narrow", deployment=deployment.address)
    assert status(deployment, labeller) == 401
    until(lambda: status(deployment, narrow) == 200)
    assert status(other, narrow) == 404
    own = deployment.calling_with(labeller)
    assert own.labels.send([{"id": "a", "value": 1}]).stored == 1
    with pytest.raises(NotFound):
        own.usage()


def test_a_rotated_key_and_its_old_secret_both_work_for_the_overlap(project: Project, deployment: Deployment) -> None:
    old = project.keys.create("old")
    fresh = project.keys.rotate(old, timedelta(minutes=5))
    until(lambda: status(deployment, fresh) == 200)
    assert status(deployment, old) == 200
    with pytest.raises(Refused):
        project.keys.rotate(old, timedelta(days=1000))


def test_somebody_is_invited_takes_it_up_and_is_shut_out_again(server: Server, project: Project) -> None:
    said = server.run_json("members", "invite", "contributor", "--note", "Ann", "--project", project.slug)
    token = said["url"].rpartition("=")[2]
    body = {"token": token, "login": "ann", "name": "Ann", "password": "correct horse battery"}
    answer = httpx2.post(f"{server.url}/api/v1/invitations/accept", json=body)
    assert answer.status_code == 201
    assert server.run_json("members", "role", "ann", "viewer", "--project", project.slug)["role"] == "viewer"
    assert "ann" in server.run("members", "list", "--project", project.slug)
    users = server.client().users
    (ann,) = [each for each in users.list() if each.login == "ann"]
    assert users.disable(ann).disabled is not None
    assert users.enable(ann).disabled is None
    server.run("members", "remove", "Ann", "--project", project.slug)
    assert "Ann" not in {each.name for each in project.members.list()}
    assert project.members.invitations()[0].accepted is not None


def test_keys_of_ones_own_are_made_rotated_and_revoked_from_python_and_the_shell(server: Server) -> None:
    client = server.client()
    key = client.account.keys.create("laptop", timedelta(days=1), scopes=["read"])
    assert (key.scopes, key.deployment) == (("read",), None)
    fresh = client.account.keys.rotate(key, timedelta(0))
    assert Client(server.url, str(fresh.secret)).me().id == client.me().id
    with pytest.raises(Unidentified):
        Client(server.url, str(key.secret)).me()
    fresh.revoke()
    with pytest.raises(Unidentified):
        Client(server.url, str(fresh.secret)).me()
    made = server.run_json("account", "keys", "create", "of the shell", "--scope", "predict")
    again = server.run_json("account", "keys", "rotate", made["id"], "--overlap", "0.5")
    server.run("account", "keys", "revoke", again["id"])
    listed = {each["id"]: each for each in server.run_json("account", "keys", "list")}
    assert listed[again["id"]]["revoked"] is not None
    assert listed[made["id"]]["expires"] is not None


def test_a_name_a_login_and_a_password_are_set_from_python_and_the_shell(server: Server) -> None:
    client = server.client()
    assert (
        server.run_json("account", "rename", "The Keeper", "--login", "Keeper@Home.org")["login"] == "keeper@home.org"
    )
    assert server.run_json("account", "show")["name"] == "The Keeper"
    client.account.change_password("correct horse battery")
    with pytest.raises(Unidentified):
        client.account.change_password("another horse battery", old="wrong")
    done = subprocess.run(
        [*COMMAND, "account", "password", "--json"],
        env=environment(server.home),
        input="correct horse battery\nbetter horse battery\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, '{"changed": true}\n'), done.stderr
    form = {"login": "keeper@home.org", "password": "better horse battery"}
    assert httpx2.post(f"{server.url}/sign-in", data=form).status_code == 303
    assert client.account.rename("administrator").login == "keeper@home.org"


def test_a_key_with_a_trailing_space_is_the_key(server: Server, project: Project) -> None:
    key = project.keys.create("spaced", scopes=["read"])
    assert Client(server.url, f"{key.secret} ").me().name == "key spaced"
    with pytest.raises(Unidentified):
        Client(server.url, f"{key.secret}x").me()


def test_the_command_line_makes_narrow_keys(server: Server, project: Project, deployment: Deployment) -> None:
    args = ("--scope", "label", "--scope", "read", "--deployment", deployment.address, "--project", project.slug)
    made = server.run_json("keys", "create", "of the shell", *args)
    assert (made["scopes"], made["deployment"]) == (["label", "read"], deployment.id)
    fresh = server.run_json("keys", "rotate", made["id"], "--project", project.slug)
    assert fresh["secret"] != made["secret"]
