from django.urls import path

from guanxi.loyalty.rewards import till
from guanxi.loyalty.rewards.console import redemptions, views

urlpatterns = [
    path("loyalty/rewards", views.rewards, name="rewards"),
    path("loyalty/rewards/new", views.new, name="reward-new"),
    path("loyalty/rewards/create", views.create, name="reward-create"),
    path("loyalty/rewards/preview", views.preview, name="reward-preview"),
    path("loyalty/rewards/family", views.family, name="family-limit"),
    path("loyalty/rewards/<str:code>/edit", views.edit, name="reward-edit"),
    path("loyalty/rewards/<str:code>/save", views.save, name="reward-save"),
    path("loyalty/rewards/<str:code>/state", views.state, name="reward-state"),
    path("loyalty/rewards/<str:code>/stock", views.stock, name="reward-stock"),
    path("loyalty/rewards/<str:code>/picture", views.picture, name="reward-set-picture"),
    path("loyalty/rewards/r/<str:code>", views.reward, name="reward"),
    path("loyalty/redemptions", redemptions.redemptions, name="redemptions"),
    path("loyalty/redemptions/sent", redemptions.sent, name="redemptions-sent"),
    path("loyalty/redemptions/<int:redemption_id>", redemptions.redemption, name="redemption"),
    path("loyalty/redemptions/<int:redemption_id>/address", redemptions.address, name="redemption-address"),
    path(
        "loyalty/redemptions/<int:redemption_id>/hand-out", redemptions.hand_out, name="redemption-hand-out"
    ),
    path("loyalty/redemptions/<int:redemption_id>/send", redemptions.send, name="redemption-send"),
    path("loyalty/redemptions/<int:redemption_id>/cancel", redemptions.cancel, name="redemption-cancel"),
    path("loyalty/redemptions/<int:redemption_id>/return", redemptions.take_back, name="redemption-return"),
    path("loyalty/till/redeem/<int:customer_id>", till.redeem_for, name="till-redeem"),
]
