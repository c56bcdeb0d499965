import json
from html import unescape

import pandas as pd
import pytest

from sentiment import DataError

SCRIPT = "<script>alert(1)</script> in a naÃ¯ve review"


@pytest.fixture(scope="module")
def report(clean, look):
    texts = [SCRIPT, "", clean["text"][0]]
    faulty = pd.concat([clean, pd.DataFrame({"text": texts, "label": "negative"})])
    test = pd.DataFrame({"text": [clean["text"][1], "Something else altogether."]})
    return look(
        faulty.reset_index(drop=True), test=test, fail_on={"empty": None}, top=1
    )


def test_the_page_shows_each_finding_with_its_rows_and_remedy(report, tmp_path):
    report.save(tmp_path / "audit.html")
    html = (tmp_path / "audit.html").read_text(encoding="utf-8")
    assert "empty: 1 of 183 (0.5 %) found." in html
    for check in ("empty", "encoding", "markup", "duplicates", "overlap"):
        finding = report[check]
        assert finding.rows
        assert f">{check.capitalize()}</h2>" in html
        assert finding.remedy in unescape(html)
        assert f"position {finding.rows[0]['row']}" in html
    assert ">Length</h2>" not in html
    assert '<mark class="against"' in html
    with pytest.raises(DataError, match="exists"):
        report.save(tmp_path / "audit.html")


def test_a_review_that_holds_a_script_is_shown_not_run(report):
    html = report._repr_html_()
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_the_json_file_is_the_data(report, tmp_path):
    report.save(tmp_path / "audit.json")
    assert json.loads((tmp_path / "audit.json").read_bytes()) == report.to_dict()


def test_a_page_without_a_finding_says_so(clean, look):
    html = look(clean)._repr_html_()
    assert "go ahead and train" in html
    assert 'class="note bad"' not in html
