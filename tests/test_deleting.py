"""What deleted articles take from the frequencies of terms: the same, whether few of them are counted or many."""

import numpy as np
from archives import ANALYZER, SENTENCES, built_index
from hypothesis import given
from hypothesis import strategies as st
from strategies import archives, examples

from search.engines.whoosh import deleting
from search.engines.whoosh.commit import read_commit
from search.engines.whoosh.engine import WhooshKind


@examples(60)
@given(articles=archives(), data=st.data())
def test_many_articles_take_what_they_would_take_one_after_the_other(tmp_path_factory, articles, data) -> None:
    kind = WhooshKind()
    prepare = kind.preparer(ANALYZER, SENTENCES)
    segments = read_commit(built_index(kind, articles, tmp_path_factory.mktemp("index"))).segments
    gone = data.draw(st.lists(st.sampled_from(range(len(articles))), unique=True)) if articles else []
    for segment in segments:
        one_by_one = segment
        for article in gone:
            one_by_one = deleting.with_deleted(one_by_one, np.array([article]), prepare)
        together = deleting._counted_together(one_by_one)
        for name, counts in one_by_one.deletions.counts.items():
            found = together[name].nonzero()[0]
            assert found.tolist() == counts.terms.tolist(), name
            assert together[name][found].tolist() == counts.docs.tolist(), name
