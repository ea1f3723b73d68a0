"""Words left out, synonyms by language and their versions: tried on the searches that have them, live at once, taken back."""

import pytest

from core.models import AuditEntry
from search.models import QueryLog, StopWord, Synonym, SynonymVersion
from search.query import SearchQuery
from search.services import index_facts, search
from search.tasks import replay as replay_task
from search.tuning import services
from search.tuning.enums import Subject
from search.tuning.errors import NotTried, StopWordRefused
from search.tuning.replaying import searches_to_replay, touched
from tests.factories.catalog import OfferFactory

pytestmark = pytest.mark.django_db
ACTOR = "user:1"


def put(*offers):
    index_facts([{"offers": [offer.pk for offer in offers], "topic": "offers"}])
    return offers


def found(words, **values):
    return [hit.offer_id for hit in search(SearchQuery(words=words, **values)).hits]


def add(word, language=""):
    return services.add_stop_word(word=word, language=language, note="", actor=ACTOR)


def test_a_word_is_left_out_on_both_engines_without_indexing(either_index):
    (offer,) = put(OfferFactory(title="Степлер Eagle"))
    (cheap,) = put(OfferFactory(title="Зошит «Гуртом дешевше»"))
    QueryLog.objects.create(words="степлер гуртом", total=0)
    QueryLog.objects.create(words="папір", total=0)
    assert found("степлер гуртом", exact=True) == []
    add("гуртом", "uk")
    with pytest.raises(NotTried):
        services.put_stop_words_live(actor=ACTOR)
    asked = services.start_replay(subject=Subject.STOPS, actor=ACTOR)
    replay_task(job_id=str(asked.job_id), replay_id=asked.pk)
    asked.refresh_from_db()
    assert (asked.outcome["looked_at"], asked.outcome["figures"]["searches"]) == (2, 1)
    services.note_seen(asked=asked, actor=ACTOR)
    assert services.put_stop_words_live(actor=ACTOR) == 1
    results = search(SearchQuery(words="степлер гуртом"))
    assert [hit.offer_id for hit in results.hits] == [offer.pk]
    assert [step.code for step in results.steps] == ["as_typed"]
    assert found("гуртом") == [cheap.pk]  # there is nothing else
    assert found("степлер гуртом", exact=True) == []
    services.strike_stop_word(pk=StopWord.objects.get().pk, actor=ACTOR)
    assert search(SearchQuery(words="степлер гуртом")).steps[0].code != "as_typed"
    assert [each.action for each in AuditEntry.objects.order_by("pk")] == [
        "search.draft_stop_word", "search.publish_stop_words", "search.strike_stop_word",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "code"),
    [("для", "stop_word_known"), ("два слова", "stop_word_many"), ("24", "stop_word_number")],
)
def test_what_cannot_be_left_out_says_why(word, code):
    with pytest.raises(StopWordRefused) as error:
        add(word)
    assert (error.value.code, error.value.field) == (code, "word")


def test_the_same_word_is_not_left_out_twice():
    add("купити", "uk")
    add("купити", "ru")
    with pytest.raises(StopWordRefused):
        add("купити", "uk")


def pair(words, also, language="", both_ways=True):
    return services.add_synonym(
        words=words, also=also, both_ways=both_ways, note="", actor=ACTOR, language=language
    )


def test_a_synonym_of_one_language_is_of_its_pages_alone(index):
    own, other = put(OfferFactory(title="Болгарка Bosch"), OfferFactory(title="Кутова шліфмашина Makita"))
    pair("болгарка", "кутова шліфмашина", "uk")
    services.put_synonyms_live(actor=ACTOR, untried=True)
    assert set(found("болгарка", language="uk")) == {own.pk, other.pk}
    assert found("болгарка", language="ru") == [own.pk]


def test_only_searches_that_a_draft_touches_are_done_again():
    for words, times in (("папір а4", 5), ("болгарка bosch", 2), ("кутова шліфмашина", 1)):
        QueryLog.objects.bulk_create(QueryLog(words=words, total=1) for _time in range(times))
    pair("болгарка", "кутова шліфмашина", both_ways=False)
    asked, _days, looked = searches_to_replay(touched=touched(Subject.SYNONYMS))
    assert ([(each.words, each.times) for each in asked], looked) == ([("болгарка bosch", 2)], 3)


def test_one_goes_back_to_earlier_synonyms():
    first = pair("болгарка", "кутова шліфмашина")
    services.put_synonyms_live(actor=ACTOR, untried=True)
    pair("дриль", "перфоратор", both_ways=False)
    services.put_synonyms_live(actor=ACTOR, untried=True)
    services.strike_synonym(synonym_id=first.pk, actor=ACTOR)
    sizes = [len(each.rows) for each in SynonymVersion.objects.order_by("pk")]
    assert sizes == [0, 1, 2, 1]
    version = SynonymVersion.objects.order_by("pk")[1]
    services.go_back_to_synonyms(version=version.pk, actor=ACTOR)
    live = Synonym.objects.filter(state="live")
    assert [(row.words, row.both_ways, row.was_tried) for row in live] == [("болгарка", True, True)]
    last = SynonymVersion.objects.latest("pk")
    assert (last.copy_of_id, last.rows) == (version.pk, version.rows)
    services.go_back_to_synonyms(version=SynonymVersion.objects.earliest("pk").pk, actor=ACTOR)
    assert not Synonym.objects.filter(state="live").exists()
