#!/usr/bin/env bash
# Scenario 3: serve a logged model with MLflow's own command, ask it with curl and Python.
#
# Usage: bash serve_and_query.sh runs:/RUN_ID/model [PORT]
set -euo pipefail
MODEL=$1
PORT=${2:-$(python -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')}
URL=http://127.0.0.1:$PORT

# MLflow runs the first `uvicorn` on the PATH: it must be that of this Python.
PATH=$(python -c 'import sys, pathlib; print(pathlib.Path(sys.executable).parent)'):$PATH
export PATH
mlflow models serve -m "$MODEL" --env-manager local --port "$PORT" >serve.log 2>&1 &
SERVER=$!
trap 'kill $SERVER 2>/dev/null; wait $SERVER 2>/dev/null || true' EXIT

# It answers when it has imported and loaded everything, which takes as long as it takes.
until curl --silent --fail "$URL/ping" >/dev/null; do
  kill -0 $SERVER 2>/dev/null || { cat serve.log; exit 1; }
  sleep 0.5
done

curl --silent --fail-with-body "$URL/invocations" -H 'Content-Type: application/json' \
  -d '{"dataframe_records": [{"text": "Wonderful, never boring"}, {"text": "awful film"}]}'
echo
python "$(dirname "$0")/query_server.py" "$URL"
