"""What newer clients ask before every image: cheap, and each tenant's own."""

import pytest
import requests

from tests.skuapi.roboflow.client import CLASSES, SKUS, TAGS, Client


@pytest.fixture(autouse=True)
def nothing_added(client: Client) -> None:
    for key in ("alpha", "beta"):
        client.post("model/clear", client.key(key))


def add(client: Client, model: str = CLASSES, key: str | None = "alpha") -> requests.Response:
    return client.post("model/add", {**client.key(key), "model_id": model, "model_type": "anything"})


def ids(client: Client, key: str | None = "alpha") -> list[str]:
    return [model["model_id"] for model in client.models(key)]


def test_nothing_is_there_before_it_is_added(client: Client) -> None:
    assert client.models() == []


def test_what_is_added_is_described_without_sizes_to_shrink_to(client: Client) -> None:
    described = {
        "model_id": CLASSES,
        "task_type": "classification",
        "batch_size": None,
        "input_height": None,
        "input_width": None,
    }
    assert add(client).json() == {"models": [described]}
    assert client.models() == [described]


@pytest.mark.parametrize(
    ("model", "task"), [(CLASSES, "classification"), (TAGS, "classification"), (SKUS, "object-detection")]
)
def test_the_task_decides_what_clients_call(client: Client, model: str, task: str) -> None:
    assert [found["task_type"] for found in add(client, model).json()["models"]] == [task]


def test_below_classify_every_model_is_a_classifier(client: Client) -> None:
    add(client, SKUS)
    assert [found["task_type"] for found in client.models(base="/roboflow/classify/")] == ["classification"]
    assert [found["task_type"] for found in client.models(base="/roboflow/detect/")] == ["object-detection"]


def test_a_model_is_listed_once(client: Client) -> None:
    for model in (CLASSES, TAGS, CLASSES):
        add(client, model)
    assert ids(client) == [CLASSES, TAGS]


def test_what_is_removed_is_gone_and_the_rest_stays(client: Client) -> None:
    for model in (CLASSES, TAGS):
        add(client, model)
    client.post("model/remove", {**client.key("alpha"), "model_id": CLASSES})
    assert ids(client) == [TAGS]


def test_removing_what_is_not_there_changes_nothing(client: Client) -> None:
    add(client)
    client.post("model/remove", {**client.key("alpha"), "model_id": "nobodys/1"})
    assert ids(client) == [CLASSES]


def test_another_tenant_sees_nothing_of_it_and_clears_nothing_of_it(client: Client) -> None:
    add(client)
    assert ids(client, "beta") == []
    client.post("model/clear", client.key("beta"))
    client.post("model/remove", {**client.key("beta"), "model_id": CLASSES})
    assert ids(client) == [CLASSES]


def test_without_a_key_nothing_is_there(client: Client) -> None:
    add(client)
    assert ids(client, None) == []


def test_a_client_without_a_key_writes_none_in_its_place(client: Client) -> None:
    answer = requests.get(f"{client.edge.url}/roboflow/model/registry?api_key=None", timeout=30)
    assert (answer.status_code, answer.json()) == (200, {"models": []})


@pytest.mark.parametrize(("path", "document"), [("model/remove", {"model_id": CLASSES}), ("model/clear", None)])
def test_clients_remove_without_their_key_and_are_told_so_much(client: Client, path: str, document: object) -> None:
    add(client)
    answer = requests.post(f"{client.edge.url}/roboflow/{path}", json=document, timeout=30)
    assert (answer.status_code, answer.json()) == (200, {"models": []})
    assert ids(client) == [CLASSES]


@pytest.mark.parametrize("model", ["nobodys/1", "tiny-classes/9"])
def test_what_does_not_exist_is_not_added(client: Client, model: str) -> None:
    assert add(client, model).status_code == 404
    assert ids(client) == []


def test_what_is_another_tenants_is_not_added(client: Client) -> None:
    assert add(client, CLASSES, "restricted").status_code == 404


def test_it_costs_nothing(client: Client) -> None:
    before = client.edge.used("alpha")
    add(client)
    client.models()
    assert client.edge.used("alpha") == before


def test_a_tenant_that_has_used_its_quota_up_is_still_told(client: Client) -> None:
    assert add(client, CLASSES, "exhausted").status_code == 200
    assert CLASSES in ids(client, "exhausted")


def test_asking_does_not_count_towards_the_burst_limit(client: Client) -> None:
    """Three requests a minute: newer clients ask before each of them."""
    assert [len(client.models("burst_key")) for _ in range(5)] == [0] * 5


@pytest.mark.parametrize("key", ["suspended", "status_only"])
def test_a_key_that_may_not_is_refused_here_too(client: Client, key: str) -> None:
    answer = requests.get(f"{client.edge.url}/roboflow/model/registry", params=client.key(key), timeout=30)
    assert answer.status_code == 403


def test_the_server_says_what_it_is_to_anybody(client: Client) -> None:
    answer = requests.get(f"{client.edge.url}/roboflow/info", timeout=30)
    assert (answer.status_code, set(answer.json())) == (200, {"name", "version", "uuid"})
