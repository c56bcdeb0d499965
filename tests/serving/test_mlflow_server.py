"""Bad requests to plain ``mlflow models serve``: what our loader can refuse there."""

import pytest


@pytest.mark.parametrize("cell", [None, 5, 1.5, True, ["a", "b"], {}])
def test_a_cell_in_a_table_is_refused_with_its_row(mlflow_server, cell):
    for body in (
        {"dataframe_records": [{"text": "good"}, {"text": cell}]},
        {"dataframe_split": {"columns": ["text"], "data": [["good"], [cell]]}},
    ):
        response = mlflow_server.post(json=body)
        assert response.status_code == 400
        assert "at row 1" in response.json()["message"]
        assert "stack_trace" not in response.json()


@pytest.mark.parametrize(
    "body",
    [
        {"dataframe_records": []},
        {"dataframe_records": [{"review": "good"}]},
        {"inputs": {"text": []}},
        {"inputs": {"text": ["good"]}, "params": {"threshold": 7}},
        {"inputs": {"text": ["good"]}, "params": {"threshold": "high"}},
        {"text": ["good"]},
    ],
    ids=str,
)
def test_a_bad_request_is_refused_without_a_trace(mlflow_server, body):
    response = mlflow_server.post(json=body)
    assert response.status_code == 400
    assert "Traceback" not in response.text


@pytest.mark.attack
def test_deep_nesting_is_answered_as_docs_serving_says(mlflow_server, server):
    body, headers = b"[" * 5000, {"Content-Type": "application/json"}
    # The day that MLflow refuses it, too, docs/serving.md can say so.
    assert mlflow_server.post(data=body, headers=headers).status_code == 500
    assert server.post(data=body, headers=headers).status_code == 400


@pytest.mark.attack
def test_a_key_twice_is_answered_as_docs_serving_says(mlflow_server, server):
    body = b'{"inputs": ["bad"], "inputs": ["good", "bad"]}'
    headers = {"Content-Type": "application/json"}
    answer = mlflow_server.post(data=body, headers=headers)
    assert len(answer.json()["predictions"]) == 2
    assert server.post(data=body, headers=headers).status_code == 400
