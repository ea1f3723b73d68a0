"""Suggestions by what people decided, from the decision to the offers."""

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from catalog.enums import EditRank
from catalog.models import Offer
from catalog.services.categories import add_category
from catalog.services.offers import edit_offer
from core.models import Job, JobState
from price_lists import services, tasks
from price_lists.categorising import storing
from price_lists.models import CategoryLink, OfferSuggestion
from price_lists.selectors import links_of
from price_lists.services import categories
from price_lists.services.categories import SURE, leads_to
from tests.factories.accounts import UserFactory
from tests.factories.price_lists import good, imported
from tests.factories.vendors import MembershipFactory, VendorFactory

pytestmark = pytest.mark.django_db
TITLES = {
    "watches": "Хронограф Casio ремінець сталевий мод. {}",
    "boats": "Байдарка надувна Intex двомісна мод. {}",
}


@pytest.fixture(autouse=True)
def learnt_here(settings, tmp_path):
    settings.VAR = tmp_path / "var"


@pytest.fixture
def tree():
    names = {"watches": "Годинники", "boats": "Човни", "paper": "Папір"}
    return {key: add_category(parent=None, names={"uk": name}) for key, name in names.items()}


@pytest.fixture
def decisions(tree, tmp_path):
    """Three vendors whose people told where their goods belong."""
    for at in range(3):
        other = VendorFactory()
        rows = [
            good(100 * place + n, title=text.format(f"{at}-{n}"), category=f"Група {key} {at}")
            for place, (key, text) in enumerate(TITLES.items())
            for n in range(1, 26)
        ]
        imported(other, tmp_path / f"other{at}.csv", rows)
        for link in CategoryLink.objects.filter(vendor=other):
            key = next(key for key in TITLES if key in link.path)
            services.confirm_category(link=link, category=tree[key], user=UserFactory())


def test_without_decisions_nothing_is_learnt(tree):
    assert services.learn_categories() == 0
    assert storing.newest() is None


def test_what_was_learnt_is_used_for_a_path_that_nobody_knows(vendor, tree, decisions, tmp_path):
    assert services.learn_categories() > 0
    rows = [good(n, title=TITLES["boats"].format(f"Z{n}"), category="Сезонне") for n in (1, 2, 3)]
    imported(vendor, tmp_path / "a.csv", rows)
    link = CategoryLink.objects.get(vendor=vendor)
    assert (link.category, link.by_goods) == (tree["boats"], False)
    assert link.confidence >= SURE
    assert set(Offer.objects.filter(vendor=vendor).values_list("category", flat=True)) == {tree["boats"].pk}


def test_the_same_decisions_are_learnt_once(tree, decisions):
    version = services.learn_categories()
    assert (services.learn_categories(), storing.newest_version()) == (0, version)
    services.confirm_category(link=CategoryLink.objects.first(), category=tree["paper"], user=UserFactory())
    assert services.learn_categories() > version


def asked_again():
    for job in Job.objects.filter(task="price_lists.ask_again", state=JobState.WAITING):
        tasks.ask_again(job_id=str(job.pk), **job.kwargs)
    assert not Job.objects.filter(task="price_lists.ask_again").exclude(state=JobState.DONE).exists()


def test_what_waits_is_asked_again_after_learning_and_offers_follow(vendor, tree, decisions, tmp_path):
    rows = [good(n, title=TITLES["watches"].format(f"Z{n}"), category="Новинки") for n in (1, 2, 3)]
    imported(vendor, tmp_path / "a.csv", rows)
    assert leads_to(CategoryLink.objects.get(vendor=vendor)) is None
    services.learn_categories()
    asked_again()
    assert leads_to(CategoryLink.objects.get(vendor=vendor)) == tree["watches"].pk
    assert set(Offer.objects.filter(vendor=vendor).values_list("category", flat=True)) == {tree["watches"].pk}


def test_a_vendor_at_which_it_ends_leaves_neither_itself_nor_the_others_out(
    tree, decisions, tmp_path, monkeypatch
):
    waiting = [VendorFactory(), VendorFactory()]
    for vendor in waiting:
        rows = [good(n, title=TITLES["watches"].format(f"Z{n}"), category="Новинки") for n in (1, 2, 3)]
        imported(vendor, tmp_path / f"{vendor.pk}.csv", rows)
    assert services.learn_categories() > 0

    def killed(*_args, **_more):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("price_lists.services.categories.follow_links", killed)
        job = Job.objects.filter(task="price_lists.ask_again").earliest("created_at")
        with pytest.raises(SystemExit):
            tasks.ask_again(job_id=str(job.pk), **job.kwargs)
    asked_again()
    offers = Offer.objects.filter(vendor__in=waiting)
    assert list(offers.values_list("category", flat=True)) == [tree["watches"].pk] * 6


def test_a_process_killed_before_the_model_is_kept_leaves_no_vendor_out(
    vendor, tree, decisions, tmp_path, monkeypatch
):
    rows = [good(n, title=TITLES["watches"].format(f"Z{n}"), category="Новинки") for n in (1, 2, 3)]
    imported(vendor, tmp_path / "a.csv", rows)

    def killed(_model):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(storing, "keep", killed)
        with pytest.raises(SystemExit):
            services.learn_categories()
    job = Job.objects.get(task="price_lists.ask_again")
    tasks.ask_again(job_id=str(job.pk), **job.kwargs)
    job.refresh_from_db()
    assert job.state == JobState.WAITING
    assert services.learn_categories() > 0
    asked_again()
    assert set(Offer.objects.filter(vendor=vendor).values_list("category", flat=True)) == {tree["watches"].pk}


def test_a_path_decided_while_its_goods_are_placed_stays_as_decided(
    vendor, tree, decisions, tmp_path, monkeypatch
):
    _mixed(vendor, tmp_path)
    CategoryLink.objects.filter(vendor=vendor).update(by_goods=True, category=None, confidence=0)
    services.learn_categories()
    judge = categories.good_verdicts

    def judged(*args, **more):
        link = CategoryLink.objects.get(vendor=vendor)
        services.confirm_category(link=link, category=tree["paper"], user=UserFactory())
        return judge(*args, **more)

    monkeypatch.setattr(categories, "good_verdicts", judged)
    assert services.place_goods(vendor=vendor) == 0
    assert set(Offer.objects.filter(vendor=vendor).values_list("category", flat=True)) == {tree["paper"].pk}
    assert not OfferSuggestion.objects.exists()


def _mixed(vendor, tmp_path, name="a.csv", **more):
    rows = [
        good(10 * place + n, title=text.format(f"Z{n}"), category="Разное", **more)
        for place, text in enumerate(TITLES.values())
        for n in (1, 2, 3)
    ]
    imported(vendor, tmp_path / name, [*rows, good(99, title="Щось незнане", category="Разное", **more)])


def test_goods_of_a_mixed_category_are_placed_one_by_one(vendor, tree, decisions, tmp_path):
    services.learn_categories()
    _mixed(vendor, tmp_path)
    link = CategoryLink.objects.get(vendor=vendor)
    assert (link.category, link.by_goods, leads_to(link)) == (None, True, None)
    placed = dict(Offer.objects.filter(vendor=vendor).values_list("article", "category"))
    assert placed == {
        **{f"A-{n:04d}": tree["watches"].pk for n in (1, 2, 3)},
        **{f"A-{n:04d}": tree["boats"].pk for n in (11, 12, 13)},
        "A-0099": None,
    }
    sure = OfferSuggestion.objects.filter(confidence__gte=SURE)
    assert links_of(vendor=vendor).get().placed == sure.count() == 6


def test_the_page_tells_a_mixed_category_and_how_many_were_placed(sign_in, vendor, tree, decisions, tmp_path):
    services.learn_categories()
    _mixed(vendor, tmp_path)
    member = MembershipFactory(vendor=vendor)
    page = sign_in(member.user).get(reverse("price_lists:categories", args=[vendor.slug]) + "?show=undecided")
    shown = " ".join(page.content.decode().split())
    link = CategoryLink.objects.get(vendor=vendor)
    assert f'id="category-{link.pk}"' in shown
    # The whole tree stands only at the one that is being chosen.
    assert f'id="choice-{link.pk}"' not in shown
    choosing = reverse("price_lists:categories", args=[vendor.slug]) + f"?choose={link.pk}"
    assert f'id="choice-{link.pk}"' in sign_in(member.user).get(choosing).content.decode()
    with translation.override("en"):
        text = render_to_string(
            "price_lists/_category.html",
            {
                "link": links_of(vendor=vendor).get(),
                "sure": SURE,
                "request": page.wsgi_request,
            },
        )
    assert "mixed: each good goes where its name belongs" in text
    assert "6 goods were placed by their names" in text


def test_the_next_file_leaves_goods_of_a_mixed_category_where_they_were_placed(
    vendor, tree, decisions, tmp_path
):
    services.learn_categories()
    _mixed(vendor, tmp_path)
    before = dict(Offer.objects.filter(vendor=vendor).values_list("pk", "category"))
    _mixed(vendor, tmp_path, "b.csv", price="77,00")
    assert dict(Offer.objects.filter(vendor=vendor).values_list("pk", "category")) == before


def test_a_persons_word_about_one_good_or_the_whole_path_wins(vendor, tree, decisions, tmp_path):
    services.learn_categories()
    _mixed(vendor, tmp_path)
    moved = Offer.objects.get(vendor=vendor, article="A-0001")
    edit_offer(offer=moved, values={"category_id": tree["paper"].pk}, rank=EditRank.OPERATOR, actor="user:1")
    services.learn_categories()
    asked_again()
    assert services.place_goods(vendor=vendor) == 0
    moved.refresh_from_db()
    assert moved.category == tree["paper"]
    link = CategoryLink.objects.get(vendor=vendor)
    services.confirm_category(link=link, category=tree["boats"], user=UserFactory())
    link.refresh_from_db()
    assert (link.by_goods, OfferSuggestion.objects.count()) == (False, 0)
    stay = Offer.objects.filter(vendor=vendor).exclude(pk=moved.pk)
    assert set(stay.values_list("category", flat=True)) == {tree["boats"].pk}


def test_a_category_that_is_no_longer_shown_is_not_suggested(vendor, tree, decisions, tmp_path):
    services.learn_categories()
    type(tree["boats"]).objects.filter(pk=tree["boats"].pk).update(is_active=False)
    rows = [good(n, title=TITLES["boats"].format(f"Z{n}"), category="Сезонне") for n in (1, 2, 3)]
    imported(vendor, tmp_path / "a.csv", rows)
    assert CategoryLink.objects.get(vendor=vendor).category != tree["boats"]
