from django.urls import path

from guanxi.loyalty.console import adjusting, assets, cards, liability, standing, views

urlpatterns = [
    path("loyalty", views.overview, name="ledger"),
    path("loyalty/liability", liability.liability, name="ledger-liability"),
    path("loyalty/standing", standing.standing, name="loyalty-standing"),
    path("customers/<int:customer_id>/card-link", cards.link, name="customer-card-link"),
    path("loyalty/prove", views.prove, name="ledger-prove"),
    path("loyalty/proof", views.proof, name="ledger-proof"),
    path("loyalty/adjust", adjusting.form, name="ledger-adjust"),
    path("loyalty/adjust/preview", adjusting.preview, name="ledger-adjust-preview"),
    path("loyalty/adjust/do", adjusting.do, name="ledger-adjust-do"),
    path("loyalty/assets/new", assets.new, name="ledger-asset-new"),
    path("loyalty/assets/create", assets.create, name="ledger-asset-create"),
    path("loyalty/assets/<str:code>/edit", assets.edit, name="ledger-asset-edit"),
    path("loyalty/assets/<str:code>/save", assets.save, name="ledger-asset-save"),
    path("loyalty/ledger/accounts/<int:account_id>", views.account, name="ledger-account"),
    path("loyalty/ledger/postings/<int:posting_id>", views.posting, name="ledger-posting"),
    path("loyalty/ledger/<str:code>", views.accounts, name="ledger-asset"),
]
