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
    texts, table = make_page([explanation], top=2).lead
    assert texts.rows[0].text == explanation.text
    values = [float(value) for _, value in table.rows]
    assert len(table.rows) == 5
    assert abs(sum(values[:-1]) - values[-1]) < 0.003


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
    assert f">{explanation.trees[0][0]}</th>" in explanation._repr_html_()
    page = tmp_path / "model.html"
    save_explanations(explanation, page)
    assert explanation.trees[0][0] in page.read_text(encoding="utf-8")
