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
