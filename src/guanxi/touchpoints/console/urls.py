from django.urls import path

from guanxi.touchpoints.console import views

urlpatterns = [
    path("imports", views.imports, name="imports"),
    path("imports/new", views.new, name="imports-new"),
    path("imports/upload", views.upload, name="imports-receive"),
    path("imports/uploads/<int:file_id>", views.uploaded, name="imports-upload"),
    path("imports/uploads/<int:file_id>/start", views.start, name="imports-start"),
    path("imports/<int:import_id>", views.detail, name="import"),
    path("imports/<int:import_id>/progress", views.progress, name="import-progress"),
    path("imports/<int:import_id>/cancel", views.cancel, name="import-cancel"),
    path("imports/<int:import_id>/resume", views.resume, name="import-resume"),
    path("imports/<int:import_id>/rejects.csv", views.rejects, name="import-rejects"),
    path("log", views.log, name="log"),
    path("customers/<int:customer_id>/timeline", views.timeline, name="customer-timeline"),
]
