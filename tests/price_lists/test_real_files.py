"""Real price lists through the whole pipeline: as many offers as are truly there, and none written twice."""

import pytest

from catalog.models import Offer
from price_lists import services
from price_lists.enums import RunState

pytestmark = [pytest.mark.shared_data, pytest.mark.django_db]

# True counts of offers, see the data folder's README; doubles of one key are one offer.
TRUTH = {
    "phones_1c_ru.xls": 610,
    "computers_ru.xls": 263,  # two rows of one name, which nothing says to be one good
    "mixed_sheets_ru.xlsx": 679,
    "sample_ru.csv": 9,
    "commerceml_offers.xml": 167,
    "maudau_yml_uk_ru.xml": 290,
    "epicentr_yml_uk_ru.xml": 206,
    "jebs_yml_declares_utf8_is_cp1251.xml": 5,
    "jebs_source.xlsx": 5,
    "google_merchant_uk.xml": 846,
    "prom_529_columns.csv": 91,
}


@pytest.mark.parametrize("name", TRUTH)
def test_every_good_of_a_real_list_is_on_sale_and_once(vendor, shared_lists, name):
    run = services.import_file(vendor=vendor, path=shared_lists / "price_lists" / name)
    assert (run.state, run.guard) == (RunState.APPLIED, [])
    assert Offer.objects.count() == TRUTH[name]
    assert not Offer.objects.filter(price_amount__lte=0).exists()
    assert not Offer.objects.filter(title="").exists()


def test_five_issues_of_one_feed_follow_each_other(vendor, shared_lists):
    issues = sorted((shared_lists / "feed_versions").iterdir())
    runs = [services.import_file(vendor=vendor, path=path) for path in issues]
    assert [run.state for run in runs] == [RunState.APPLIED] * 5
    assert len({run.source_id for run in runs}) == 1
    on_sale = Offer.objects.filter(withdrawn_at=None).count()
    assert [run.counts["offers"] for run in runs] == [275, 279, 358, 358, 361]  # four of the first cost 0
    assert on_sale == 361
    assert [run.counts["new"] for run in runs[:3]] == [275, 4, 79]
    assert [run.counts["price"] for run in runs[:3]] == [0, 71, 259]


def test_the_next_issue_of_a_feed_is_recognised_under_another_name(vendor, shared_lists, tmp_path):
    issues = sorted((shared_lists / "feed_versions").iterdir())
    found = []
    for path, name in zip(issues[1:3], ("export.yml", "goods for the row.xml"), strict=True):
        (tmp_path / name).write_bytes(path.read_bytes())
        found.append(services.import_file(vendor=vendor, path=tmp_path / name))
    assert found[0].source_id == found[1].source_id
    assert (found[1].counts["new"], found[1].counts["vanished"]) == (79, 0)
