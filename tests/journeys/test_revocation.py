"""Keys and people on a real server with two prediction processes, through the SDK and the command line."""

import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta

import httpx2
import pytest

from tests.journeys.deployed import deployed
from tests.journeys.servers import COMMAND, Server, environment, running, until
from watchkeeper.sdk import Client, Deployment, Key, Project
from watchkeeper.sdk.errors import NotFound, Refused, Unidentified

pytestmark = pytest.mark.journey
ROW = {"size": 80.0, "town": "Lyon", "garden": True}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("people")
    with running(root / "data", root / "home", "--workers", "2") as found:
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


def test_a_revoked_key_is_refused_by_every_process_from_a_second_on(project: Project, deployment: Deployment) -> None:
    key = project.keys.create("caller")
    assert {status(deployment, key) for _ in range(20)} == {200}
    key.revoke()
    time.sleep(1.0)
    assert {status(deployment, key) for _ in range(40)} == {401}


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
