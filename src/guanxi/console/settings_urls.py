"""Addresses of the brand's people, roles, invitations and audit log."""

from django.urls import path

from guanxi.console import audit, joining, people, retention, saved_views

urlpatterns = [
    path("settings/people", people.people, name="people"),
    path("settings/people/invite", people.invite, name="people-invite"),
    path("settings/people/<int:user_id>", people.person, name="person"),
    path("settings/people/<int:user_id>/<str:verb>", people.change, name="person-change"),
    path("settings/invitations/<int:invitation_id>/revoke", people.revoke, name="invitation-revoke"),
    path("settings/roles", people.roles, name="roles"),
    path("settings/audit", audit.audit_log_page, name="audit"),
    path("settings/audit.csv", audit.export, name="audit-csv"),
    path("settings/retention", retention.retention, name="retention"),
    path("settings/retention/counted", retention.counted, name="retention-counted"),
    path("settings/retention/<str:key>", retention.kind, name="retention-kind"),
    path("settings/retention/<str:key>/save", retention.save, name="retention-save"),
    path("views/save", saved_views.save, name="saved-view-save"),
    path("views/<int:view_id>", saved_views.edit, name="saved-view"),
    path("views/<int:view_id>/change", saved_views.change, name="saved-view-change"),
    path("views/<int:view_id>/remove", saved_views.remove, name="saved-view-remove"),
    path("invitation/<str:token>", joining.join, name="invitation"),
    path("invitation/<str:token>/here", joining.join_here, name="invitation-here"),
]
