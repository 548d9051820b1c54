"""Addresses of sign-in and of one's own security."""

from django.urls import path

from guanxi.console import security, signin

urlpatterns = [
    path("signin", signin.sign_in, name="signin"),
    path("signin/code", signin.second_step, name="second-step"),
    path("signout", signin.sign_out, name="signout"),
    path("brand", signin.choose_brand, name="choose-brand"),
    path("language", signin.choose_language, name="choose-language"),
    path("settings/security", security.security, name="security"),
    path("settings/security/password", security.change_password, name="change-password"),
    path("settings/security/two-step", security.two_step, name="two-step"),
    path("settings/security/two-step.svg", security.two_step_picture, name="two-step-picture"),
    path("settings/security/two-step/off", security.two_step_off, name="two-step-off"),
    path("settings/security/recovery-codes", security.new_recovery_codes, name="recovery-codes"),
    path("settings/security/everywhere", security.sign_out_everywhere, name="sign-out-everywhere"),
]
