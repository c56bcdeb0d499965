"""Query a running model server in all five payload forms of MLflow 3.

Usage: python query_server.py http://127.0.0.1:5000
"""

import sys

import requests

URL = sys.argv[1] + "/invocations"
REVIEWS = ["Wonderful, never boring", "awful film"]
JSON_FORMS = {
    "dataframe_split": {"columns": ["text"], "data": [[text] for text in REVIEWS]},
    "dataframe_records": [{"text": text} for text in REVIEWS],
    "instances": [{"text": text} for text in REVIEWS],
    "inputs": {"text": REVIEWS},
}

answers = {}
for form, payload in JSON_FORMS.items():
    response = requests.post(URL, json={form: payload}, timeout=30)
    response.raise_for_status()
    answers[form] = response.json()["predictions"]
# In quotes: a review may hold a comma.
csv = "text\n" + "".join(f'"{text}"\n' for text in REVIEWS)
response = requests.post(
    URL, data=csv.encode(), headers={"Content-Type": "text/csv"}, timeout=30
)
response.raise_for_status()
answers["CSV"] = response.json()["predictions"]

for form, predictions in answers.items():
    shown = ", ".join(f"{row['label']} {row['score']:.3f}" for row in predictions)
    print(f"{form:>17}: {shown}")
    assert predictions == answers["dataframe_split"], form

# With every probability, and what a bad request gets.
body = {"inputs": {"text": REVIEWS}, "params": {"probabilities": True}}
print(requests.post(URL, json=body, timeout=30).json()["predictions"][0])
bad = requests.post(URL, json={"dataframe_records": [{"text": None}]}, timeout=30)
print(bad.status_code, bad.json()["message"])
assert bad.status_code == 400
