"""Addresses of requests and bids on the vendor's desk."""

from django.urls import path

from buyer_requests.pooling import views as pools
from buyer_requests.sealing import views as sealing
from buyer_requests.views import (
    auctions,
    changing,
    decision,
    desk,
    hearing,
    near,
    rules,
    talks,
    trust,
)

app_name = "requests_desk"
urlpatterns = [
    path("", desk.fitting, name="list"),
    path("all/", desk.every, name="all"),
    path("bids/", desk.bids, name="bids"),
    path("categories/", desk.categories, name="categories"),
    path("hearing/", hearing.hearing, name="hearing"),
    path("rules/", rules.overview, name="rules"),
    path("rules/new/", rules.edit, name="rule_new"),
    path("rules/stop/", rules.stop_all, name="rules_stop"),
    path("rules/<int:rule_id>/", rules.edit, name="rule"),
    path("rules/<int:rule_id>/try/", rules.trial, name="rule_try"),
    path("rules/<int:rule_id>/switch/", rules.switch, name="rule_switch"),
    path("sealed/", sealing.own, name="sealed"),
    path("<uuid:public_id>/log/", sealing.desk_log, name="sealed_log"),
    path("<uuid:public_id>/log.json", sealing.desk_log_file, name="sealed_log_file"),
    path("<uuid:public_id>/opened.json", sealing.desk_opened_file, name="sealed_opened"),
    path("<uuid:public_id>/receipts/<str:head>/", sealing.receipt, name="sealed_receipt"),
    path("<uuid:public_id>/", desk.detail, name="detail"),
    path("<uuid:public_id>/auction/", auctions.desk_auction, name="auction"),
    path("<uuid:public_id>/auction/live/", auctions.desk_live, name="auction_live"),
    path("<uuid:public_id>/auction/log/", auctions.desk_download, name="auction_log"),
    path("<uuid:public_id>/auction/bid/", auctions.bid, name="auction_bid"),
    path("<uuid:public_id>/award/", decision.answer_award, name="answer_award"),
    path("<uuid:public_id>/versions/", changing.versions_at_desk, name="versions"),
    path("<uuid:public_id>/confirm/", changing.confirm, name="confirm"),
    path("<uuid:public_id>/withdraw/", desk.withdraw, name="withdraw"),
    path("<uuid:public_id>/counters/<uuid:counter_id>/", talks.decide_at_desk, name="counter"),
    path("<uuid:public_id>/files/", talks.attach, name="attach"),
    path("<uuid:public_id>/files/<uuid:file_id>/", talks.desk_file, name="file"),
    path("<uuid:public_id>/files/<uuid:file_id>/remove/", talks.detach, name="detach"),
    path("<uuid:public_id>/near/<int:position>/", near.at_desk, name="near"),
    path("<uuid:public_id>/report/", trust.report, name="report"),
    path("<uuid:public_id>/ask/", desk.ask, name="ask"),
    path("<uuid:public_id>/pool/<int:part_id>/", pools.fell_away, name="pool_fell_away"),
    path("<uuid:public_id>/pool/withdraw/", pools.withdraw, name="pool_withdraw"),
]
