import numpy as np
import pytest
import scipy.sparse as sp

from sentiment.auditing._near import find_near


def make_sets(seed, n_sets=120, n_members=400):
    """Sets of 9 to 60 numbers; each third one is a changed copy of the one before."""
    rng = np.random.default_rng(seed)
    rows = []
    for row in range(n_sets):
        members = set(
            rng.choice(n_members, rng.integers(9, 60), replace=False).tolist()
        )
        if row % 3 == 2:
            members = set(rows[-1])
            for _ in range(rng.integers(0, 9)):
                members.discard(next(iter(members)))
                members.add(int(rng.integers(n_members)))
        rows.append(members)
    return rows


def to_matrix(sets, n_members=400):
    indptr = np.cumsum([0, *map(len, sets)])
    indices = np.array([one for members in sets for one in sorted(members)])
    # Counts, not ones: a stored entry is a member, however often it occurs.
    data = np.full(len(indices), 3)
    return sp.csr_matrix((data, indices, indptr), shape=(len(sets), n_members))


@pytest.mark.parametrize("seed", range(3))
def test_the_pairs_are_those_of_comparing_each_with_each(seed):
    sets = make_sets(seed)
    expected = {
        (a, b): len(sets[a] & sets[b]) / len(sets[a] | sets[b])
        for b in range(len(sets))
        for a in range(b)
    }
    expected = {pair: value for pair, value in expected.items() if value >= 0.6}
    pairs, similarity = find_near(to_matrix(sets), 0.6)
    assert len(expected) > 20
    assert dict(zip(map(tuple, pairs.tolist()), similarity, strict=True)) == (
        pytest.approx(expected)
    )
    assert (np.diff(similarity) <= 0).all()


def test_short_texts_that_differ_in_one_word_are_two_texts():
    # "this is a really great film", "... bad film": three of seven pairs are the same.
    shared = {1, 2, 3}
    assert not len(find_near(to_matrix([shared | {4, 5}, shared | {6, 7}]), 0.4).pairs)
    assert len(find_near(to_matrix([{1, 2, 3, 4}, {1, 2, 3, 4, 5}]), 0.4).pairs) == 1


@pytest.mark.parametrize("sets", [[], [set(), {1}], [{1, 2, 3}]])
def test_without_two_sets_there_is_no_pair(sets):
    pairs, similarity = find_near(to_matrix(sets), 0.4)
    assert pairs.shape == (0, 2)
    assert similarity.shape == (0,)


def test_a_thousand_copies_of_one_form_are_linked_not_compared_each_with_each():
    rng = np.random.default_rng(0)
    form = set(range(50))
    sets = [form | {int(one)} for one in rng.integers(60, 400, 1000)]
    pairs, _ = find_near(to_matrix(sets), 0.4)
    assert set(pairs[:, 1].tolist()) == set(range(1, 1000))
    assert len(pairs) < 1000 * 999 / 2
