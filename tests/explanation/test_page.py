from sentiment.explanation import explain_model, explain_texts, save_explanations
from sentiment.explanation._page import make_page


def test_a_notebook_shows_the_text_escaped(make_fitted):
    pipeline = make_fitted("linear start")
    (explanation,) = explain_texts(pipeline, ["A great <script>alert(1)</script> film"])
    html = explanation._repr_html_()
    assert "<script" not in html
    assert "great</mark>" in html
    assert "alert" in html


def test_a_page_of_one_text_lists_what_adds_up(make_fitted):
    (explanation,) = explain_texts(make_fitted("linear start"), ["A great, warm film."])
    texts, table, _ = make_page([explanation], top=2).lead
    assert texts.rows[0].text == explanation.text
    assert table.columns == ("n-gram", "log-odds", "probability change")
    (*parts, total) = table.rows
    assert len(parts) == 4
    assert abs(sum(float(cell.text) for _, cell, _ in parts) - float(total[1])) < 0.003
    change = explanation.probability_change(float(parts[0][1].text))
    assert abs(float(parts[0][2]) - change) < 0.001


def test_an_ngram_of_two_words_is_seen_to_be_one_of_two(make_fitted, tmp_path):
    texts = ["A great film. Great!"]
    (explanation,) = explain_texts(make_fitted("linear start"), texts)
    _, table, _ = make_page([explanation], top=50).lead
    pairs = [row[0].words for row in table.rows[:-1] if len(row[0].words) == 2]
    assert ["film", "."] in pairs
    html = explanation._repr_html_()
    assert '<span class="ngram"><span>film</span> <span>.</span></span>' in html


def test_a_page_of_three_classes_says_whose_margin_it_shows(three_classes):
    explanations = explain_texts(three_classes, ["The film", "A cast", "what?", "so"])
    texts = make_page(explanations, top=2).lead[1]
    shown = [row.facts[0][0] for row in texts.rows]
    assert shown == [f"margin of {one.target}" for one in explanations]


def test_the_trees_of_a_model_are_listed_by_gain(make_fitted, tmp_path):
    explanation = explain_model(make_fitted("trees on tf-idf"), top=5)
    assert explanation.classes == {}
    gains = [gain for _, gain in explanation.trees]
    assert gains == sorted(gains, reverse=True)
    assert 0 < sum(gains) <= 1
    first = "</span> <span>".join(explanation.trees[0][0].split(" "))
    assert f"<span>{first}</span>" in explanation._repr_html_()
    page = tmp_path / "model.html"
    save_explanations(explanation, page)
    assert f"<span>{first}</span>" in page.read_text(encoding="utf-8")
