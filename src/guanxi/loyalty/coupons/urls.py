from django.urls import path

from guanxi.loyalty.coupons import phone, till
from guanxi.loyalty.coupons.console import editor, giving, views

urlpatterns = [
    path("loyalty/coupons", views.listed, name="coupons"),
    path("loyalty/coupons/new", editor.new, name="coupon-new"),
    path("loyalty/coupons/create", editor.create, name="coupon-create"),
    path("loyalty/coupons/find", views.find, name="coupon-find"),
    path("loyalty/coupons/<int:campaign_id>", views.campaign, name="coupon-campaign"),
    path("loyalty/coupons/<int:campaign_id>/edit", editor.edit, name="coupon-edit"),
    path("loyalty/coupons/<int:campaign_id>/save", editor.save, name="coupon-save"),
    path("loyalty/coupons/<int:campaign_id>/stock", views.stock, name="coupon-stock"),
    path("loyalty/coupons/<int:campaign_id>/give", giving.look, name="coupon-give"),
    path("loyalty/coupons/<int:campaign_id>/give/do", giving.give, name="coupon-give-do"),
    path("loyalty/coupons/giving/<int:giving_id>/on", giving.go_on, name="coupon-give-on"),
    path("loyalty/coupons/<int:campaign_id>/codes", views.make, name="coupon-codes-make"),
    path("loyalty/coupons/<int:campaign_id>/state/<slug:wanted>", views.state, name="coupon-state"),
    path("loyalty/coupons/codes/<int:batch_id>.csv", views.download, name="coupon-codes"),
    path("till/coupons/redeem", till.redeem, name="till-coupon"),
    path("m/<slug:slug>/coupons", phone.listed, name="member-coupons"),
    path("m/<slug:slug>/coupons/<int:coupon_id>", phone.one, name="member-coupon"),
]
